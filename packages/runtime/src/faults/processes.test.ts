import { execFileSync } from 'node:child_process';
import fs, {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildForChildren, runChild, startChild } from '../../tools/child.ts';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { type Outcome, outcome, runToys, toyFolder, toyManifest } from '../../tools/toy-runs.ts';
import { readRun } from '../read-run.ts';

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Slow enough for a signal to arrive between two steps, and never done by itself. */
const SLOW = toyManifest({ strategy: { use: 'toy-climb', rounds: 20_000, stepMs: 20 }, study: [] });

/** The run that nobody interrupted. */
let truth: Outcome;

beforeAll(async () => {
  buildForChildren();
  using folder = temporaryFolder();
  await runToys(folder.path);
  truth = outcome(toyFolder(folder.path));
}, 120_000); // compiles

const toys = (out: string) => ({ manifest: toyManifest(), out, dataFolder: out });

describe('R01 a process that is killed with SIGKILL', () => {
  it.each([
    ['in the search', 'step search 3'],
    ['in a study', 'step study:0:toy-count 1'],
    ['between the last step of a study and its answer', 'step study:1:toy-count 3'],
  ])('%s leaves a run that ends as if it had not been', async (_, killAt) => {
    using folder = temporaryFolder();
    const options = { ...toys(folder.path), checkpointEvery: 2 };
    const end = await runChild({ options, killAt });
    expect(end.signal, end.stderr).toBe('SIGKILL');
    expect(existsSync(join(toyFolder(folder.path), 'lock'))).toBe(true);
    await runToys(folder.path);
    expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
  });

  it('between the last checkpoint of the search and its answer loses neither', async () => {
    using folder = temporaryFolder();
    const manifest = toyManifest({ study: [] });
    const options = { ...toys(folder.path), manifest };
    expect((await runChild({ options, killAt: 'checkpoint search' })).signal).toBe('SIGKILL');
    const events: string[] = [];
    const summary = await runToys(folder.path, {
      manifest,
      onEvent: ({ type }) => events.push(type),
    });
    expect(events).not.toContain('step');
    expect(summary.records[0]?.result?.search.best).toHaveLength(1);
  });
});

describe('R02 R04 R05 a process that is killed with SIGKILL at the point', () => {
  it.each([
    'lines written, not synced',
    'checkpoint written',
    'checkpoint renamed',
    'old checkpoint half removed',
    'result written, not renamed',
  ] as const)('"%s" leaves a run that ends as if it had not been', async (killPoint) => {
    using folder = temporaryFolder();
    const options = { ...toys(folder.path), checkpointEvery: 1 };
    const end = await runChild({ options, killPoint });
    expect(end.signal, end.stderr).toBe('SIGKILL');
    await runToys(folder.path);
    expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
  });
});

describe('R10 a run that goes on elsewhere', () => {
  it('does not see in which order folders are listed', async () => {
    using folder = temporaryFolder();
    await runChild({ options: toys(folder.path), killAt: 'step study:0:toy-count 1' });
    const list = fs.readdirSync;
    fs.readdirSync = ((...args: Parameters<typeof list>) =>
      list(...args).reverse()) as unknown as typeof list;
    syncBuiltinESMExports();
    try {
      await runToys(folder.path);
    } finally {
      fs.readdirSync = list;
      syncBuiltinESMExports();
    }
    expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
  });

  it('does not see working directory, time zone, language and user', async () => {
    using folder = temporaryFolder();
    const killAt = 'step search 3';
    await runChild({ options: toys(folder.path), killAt });
    const cwd = join(folder.path, 'elsewhere');
    mkdirSync(cwd);
    const env = {
      ...{ TZ: 'Pacific/Chatham', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
      ...{ USER: 'somebody', LOGNAME: 'somebody', HOME: cwd },
    };
    const { code, stderr } = await runChild({ options: toys(folder.path), env, cwd });
    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
    expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
    expect(readdirSync(cwd)).toStrictEqual([]);
  });
});

describe('R12 R13 a process that gets a signal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends with a checkpoint of the step in progress and exit code 130',
    async (signal) => {
      using folder = temporaryFolder();
      const options = { ...toys(folder.path), manifest: SLOW };
      const child = startChild({ options });
      await child.seen('step search 3');
      child.process.kill(signal);
      const { code, events, stderr } = await child.end;
      expect({ code, stderr }).toStrictEqual({ code: 130, stderr: '' });
      expect(events.slice(-2)).toStrictEqual(['checkpoint search', 'stopped run']);
      const root = toyFolder(folder.path);
      expect(existsSync(join(root, 'lock'))).toBe(false);
      const steps = readRun(root).lines.filter(({ event, kind }) => {
        return event === 'step' && kind === 'science';
      });
      const saved = readRun(root).lines.findLast(({ event }) => event === 'checkpoint');
      expect(saved?.at).toBe(steps.length);
    },
  );

  it('twice ends at once, and the last checkpoint stands', async () => {
    using folder = temporaryFolder();
    const strategy = { use: 'toy-climb', rounds: 5, stepMs: 4000 };
    const manifest = toyManifest({ strategy, study: [] });
    const child = startChild({ options: { ...toys(folder.path), manifest } });
    await child.seen('job search 0');
    child.process.kill('SIGINT');
    const again = setInterval(() => child.process.kill('SIGINT'), 100);
    const { code } = await child.end;
    clearInterval(again);
    expect(code).toBe(130);
    expect(existsSync(join(toyFolder(folder.path), 'lock'))).toBe(false);
    expect(readRun(toyFolder(folder.path)).status).toBe('unfinished');
  });
});

describe('R13 a process whose step takes longer than its grace period', () => {
  it('leaves, the checkpoint before stands, and the run ends as if it had not', async () => {
    using folder = temporaryFolder();
    using alone = temporaryFolder();
    const slow = (stepMs: number) =>
      toyManifest({
        strategy: { use: 'toy-climb', rounds: 4, stepMs },
        study: [{ use: 'toy-count', steps: 2 }],
      });
    const stop = new AbortController();
    // Two steps and a checkpoint; how long a step takes has no say in what it gives.
    await runToys(folder.path, {
      manifest: slow(0),
      signal: stop.signal,
      onEvent: (event) => event.type === 'step' && event.progress.done === 2 && stop.abort(),
    });
    const options = { ...toys(folder.path), manifest: slow(60_000), acceptDrift: true };
    const child = startChild({ options, graceMs: 300 });
    await child.seen('job search 2');
    child.process.kill('SIGTERM');
    expect((await child.end).code).toBe(130);
    const root = toyFolder(folder.path);
    const saved = readRun(root).lines.findLast(({ event }) => event === 'checkpoint');
    expect(saved?.at).toBe(2);
    await runToys(folder.path, { manifest: slow(0), acceptDrift: true });
    await runToys(alone.path, { manifest: slow(0) });
    const { science, checkpoints } = outcome(root);
    expect(science).toStrictEqual(outcome(toyFolder(alone.path)).science);
    expect(checkpoints).toStrictEqual(outcome(toyFolder(alone.path)).checkpoints);
  });
});

describe('R22 a run that is started twice at once', () => {
  it('is refused by the second process, which names the first', async () => {
    using folder = temporaryFolder();
    const options = { ...toys(folder.path), manifest: SLOW };
    const first = startChild({ options });
    await first.seen('step search 1');
    const second = await runChild({ options });
    expect(second.code).toBe(7);
    expect(second.stderr).toContain(`process ${first.process.pid} on`);
    await expect(runToys(folder.path, { manifest: SLOW })).rejects.toMatchObject({
      code: 'ARCHER_LOCKED',
    });
    first.process.kill('SIGTERM');
    expect((await first.end).code).toBe(130);
  });
});

describe.skipIf(process.platform !== 'linux')('R18 a run whose folder no file system takes', () => {
  it('is refused at once: below /proc a recursive mkdir of Node never returns', async () => {
    const child = startChild({ options: toys('/proc/archer/run') });
    const timer = setTimeout(() => child.process.kill('SIGKILL'), 50_000);
    const { signal, stderr } = await child.end;
    clearTimeout(timer);
    expect(signal).toBeNull();
    expect(stderr).toContain('/proc/archer');
  });
});

it('the first example of the README runs as it stands', () => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
  using folder = temporaryFolder();
  const [, code] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  // In the package, so that it resolves its imports as a user's file would.
  const file = join(PACKAGE, '.cache', `readme-${process.pid}.mjs`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code as string);
  try {
    const text = execFileSync(process.execPath, [file], { cwd: folder.path, encoding: 'utf8' });
    expect(text.match(/finished [01] \{ architecture: '[01]{8}'/g)).toHaveLength(2);
  } finally {
    rmSync(file);
  }
});
