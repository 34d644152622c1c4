import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaunchContext, LaunchEvent, Task } from '@archer-nas/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localLauncher } from './local-launcher.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archer-pool-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A task whose process runs this code; `done()` writes its result. */
function task(name: string, code: string, ...flags: string[]): Task {
  const done = `const { writeFileSync: write, existsSync, readFileSync } = require('node:fs');
    const here = (name) => ${JSON.stringify(`${folder}/`)} + name;
    const done = (text = '') => write(here(${JSON.stringify(name)}), text);`;
  const command = [process.execPath, ...flags, '-e', `${done}\n${code}`] as const;
  return { name, folder: join(folder, name), command };
}

/** Launches, and tells what was told. */
async function launch(
  tasks: readonly Task[],
  { retries = 0, ...context }: Partial<LaunchContext> & { retries?: number } = {},
) {
  const events: LaunchEvent[] = [];
  const ends = await localLauncher({ processes: 2, retries }).launch(tasks, {
    finished: (task) => existsSync(task.folder),
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
    ...context,
  });
  const lines = events.flatMap((event) => (event.type === 'line' ? [event] : []));
  return { ends, events, lines: lines.map(({ task, line }) => `${task.name}: ${line}`) };
}

describe('R19 a process whose heap is full', () => {
  const HOG = 'for (const hog = []; ; ) hog.push(new Array(100_000).fill(hog.length + 0.5));';

  it('is started again, and then fails with what to do about it', async () => {
    const { ends, events } = await launch([task('a', HOG, '--max-old-space-size=16')], {
      retries: 1,
    });
    const reason = expect.stringMatching(/^out of memory: .*NODE_OPTIONS=--max-old-space-size=/);
    expect(ends).toMatchObject([{ status: 'failed', attempts: 2, reason }]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'again', reason }));
  });
});

describe('R14 a process that was killed', () => {
  it.each([
    ['by a signal', "process.kill(process.pid, 'SIGKILL')", /^killed by SIGKILL, /],
    ['inside of a shell', 'process.exit(137)', /^killed by SIGKILL, /],
    ['by a crash', "process.kill(process.pid, 'SIGSEGV')", /^killed by SIGSEGV$/],
  ])('%s has that as its reason', async (_, code, reason) => {
    const { ends } = await launch([task('a', code)], { retries: 1 });
    expect(ends).toMatchObject([
      { status: 'failed', attempts: 2, reason: expect.stringMatching(reason) },
    ]);
  });
});

describe('a process that gave up', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('with exit code %i is not started again', async (exitCode) => {
    const code = `console.error('error the reason\\nand a hint'); process.exitCode = ${exitCode}`;
    const { ends } = await launch([task('a', code)], { retries: 3 });
    const reason = `exit code ${exitCode}: the reason`;
    expect(ends).toMatchObject([{ status: 'failed', attempts: 1, exitCode, reason }]);
  });

  it('because it could not be started has that as its reason', async () => {
    const absent = join(folder, 'no-such-program');
    const { ends } = await launch([{ name: 'a', folder: absent, command: [absent] }]);
    expect(ends).toMatchObject([{ status: 'failed', reason: expect.stringContaining('ENOENT') }]);
  });

  it('because somebody interrupted it alone is stopped, not failed', async () => {
    const { ends } = await launch([task('a', 'process.exit(130)')], { retries: 3 });
    expect(ends).toMatchObject([{ status: 'stopped', reason: 'interrupted', attempts: 1 }]);
  });
});

describe('output', () => {
  it('is passed on in whole lines, also the last one without an end', async () => {
    const half = "process.stdout.write('half '); setTimeout(() => ";
    const tasks = ['a', 'b'].map((name) =>
      task(name, `${half}{ process.stdout.write('line\\nend'); done(); }, 50)`),
    );
    const { lines } = await launch(tasks);
    expect(lines.sort()).toStrictEqual(['a: end', 'a: half line', 'b: end', 'b: half line']);
  });

  it('that somebody else holds open keeps nobody waiting', async () => {
    const orphan = "require('node:child_process').spawn(process.execPath, ['-e', ";
    const options = "'setTimeout(() => {}, 20_000)'], { stdio: 'inherit', detached: true })";
    const code = `const child = ${orphan}${options}; child.unref(); done(String(child.pid));`;
    const { ends } = await launch([task('a', code)]);
    process.kill(Number(readFileSync(join(folder, 'a'), 'utf8')), 'SIGKILL');
    expect(ends).toMatchObject([{ status: 'finished' }]);
  });
});

describe('threads', () => {
  const CODE = 'done(process.env.ARCHER_THREADS)';
  const threads = (names: readonly string[]) =>
    names.map((name) => readFileSync(join(folder, name), 'utf8'));

  it.each([
    [7, '3'],
    [4, '2'],
    [1, '1'],
  ])('%i for two processes are %s for each', async (all, each) => {
    await launch([task('a', CODE), task('b', CODE)], { threads: all });
    expect(threads(['a', 'b'])).toStrictEqual([each, each]);
  });

  it('are all for one that is alone, also when the others are finished', async () => {
    writeFileSync(join(folder, 'a'), '');
    await launch([task('a', CODE), task('b', CODE)], { threads: 4 });
    expect(threads(['a', 'b'])).toStrictEqual(['', '4']);
  });
});

it('R15 processes are told to wait for those of a launch that was killed', async () => {
  await launch([task('a', 'done(process.env.ARCHER_LOCK_PATIENCE)')]);
  // A step has a minute when its parent is gone.
  expect(Number(readFileSync(join(folder, 'a'), 'utf8'))).toBeGreaterThan(60);
});
