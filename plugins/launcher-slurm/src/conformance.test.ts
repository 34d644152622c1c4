import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LaunchContext, LaunchEvent, Task } from '@archer-nas/core';
import { describeLauncher, describePackage } from '@archer-nas/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { missingForSlurm, type OneNode, PATIENCE_MS, startSlurm } from '../test/one-node.ts';
import plugin from './index.ts';
import { type SlurmOptions, slurmLauncher } from './slurm-launcher.ts';

const TIMEOUT_MS = 120_000;
const FEW = { cpus: 1, sbatch: [], setup: [], poll: 0.2 };
const OPTIONS = { ...FEW, processes: 8, retries: 0 };

describePackage({ package: new URL('..', import.meta.url), plugins: plugin });

// In one file: there is one Slurm at a time, and another file would have to wait for its end.
describe.skipIf(missingForSlurm() !== undefined)('on a Slurm of one node', () => {
  let slurm: OneNode;
  let root: string;
  beforeAll(async () => {
    slurm = await startSlurm(8);
  }, PATIENCE_MS);
  afterAll(() => slurm?.stop());

  describeLauncher('slurm', {
    create: (options) => slurmLauncher({ ...FEW, ...options }),
    seconds: 60,
  });

  beforeEach(() => {
    // What shells and Slurm's patterns would take for their own.
    root = mkdtempSync(join(tmpdir(), `archer 100%a $HOME 'it' "is" `));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

  const at = (name: string): string => join(root, name);
  const linesOf = (name: string): string[] =>
    existsSync(at(name)) ? readFileSync(at(name), 'utf8').trim().split('\n') : [];
  /** A task whose process notes its start, runs the code, and may call `finish`. */
  const task = (name: string, code: string): Task => {
    const here = `const { appendFileSync: append, existsSync: exists } = require('node:fs');
      const root = process.argv[1], name = process.argv[2], at = (file) => root + '/' + file;
      const first = !exists(at(name + '.again'));
      append(at(name + '.begun'), process.pid + '\\n');
      const finish = () => append(at(name), 'result\\n');`;
    return {
      ...{ name, folder: at(name) },
      command: [process.execPath, '-e', `${here}\n${code}`, root, name],
    };
  };
  const finished = ({ folder }: Task): boolean => existsSync(folder);
  /** Launches, and tells what was told. */
  const launch = (
    tasks: readonly Task[],
    context: Partial<LaunchContext> & { readonly options?: Partial<SlurmOptions> } = {},
  ) => {
    const { options, ...rest } = context;
    const events: LaunchEvent[] = [];
    const ends = slurmLauncher({ ...OPTIONS, ...options }).launch(tasks, {
      finished,
      signal: new AbortController().signal,
      onEvent: (event) => events.push(event),
      ...rest,
    });
    return { ends, events };
  };
  /** Runs until it is told to go on, or, in a later process, at once to the end. */
  const PATIENT = `process.on('SIGTERM', () => process.exit(130));
    if (first) setInterval(() => {}, 1000); else finish();`;
  const begun = async (name: string, count = 1): Promise<void> => {
    // A process may begin before the launcher has read which job it is of.
    while (linesOf(`${name}.begun`).length < count || !existsSync(array())) await wait(50);
  };
  const array = (): string => join(root, 'slurm', '1', 'array.json');
  const job = (): string => JSON.parse(readFileSync(array(), 'utf8')).job;
  /**
   * Slurm lets what it requeues wait for two minutes, in which its first process is cleared away;
   * for this test a few seconds must do.
   */
  const startSoon = async (tasks: number, ends: Promise<unknown>): Promise<void> => {
    await wait(5000);
    let over = false;
    void ends.finally(() => {
      over = true;
    });
    while (!over) {
      for (let i = 0; i < tasks; i++) {
        spawnSync('scontrol', ['update', `JobId=${job()}_${i}`, 'StartTime=now']);
      }
      await wait(500);
    }
  };

  it(
    'R16 a task that is preempted and requeued goes on, and counts no retry',
    async () => {
      const { ends, events } = launch([task('a', PATIENT), task('b', 'finish()')]);
      await begun('a');
      appendFileSync(at('a.again'), '');
      execFileSync('scontrol', ['requeue', `${job()}_0`]);
      await startSoon(1, ends);
      expect(await ends).toMatchObject([
        { status: 'finished', attempts: 2 },
        { status: 'finished', attempts: 1 },
      ]);
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'again', reason: 'started again by Slurm' }),
      );
      expect(linesOf('a')).toEqual(['result']);
    },
    TIMEOUT_MS,
  );

  it(
    'R14 the tasks of a node that dies are tried again',
    async () => {
      const { ends } = launch([task('a', PATIENT), task('b', PATIENT)], {
        options: { retries: 2 },
      });
      await begun('a');
      await begun('b');
      for (const name of ['a', 'b']) appendFileSync(at(`${name}.again`), '');
      slurm.killNode();
      await wait(500);
      slurm.startNode();
      await startSoon(2, ends);
      expect(await ends).toMatchObject([{ status: 'finished' }, { status: 'finished' }]);
      expect(['a', 'b'].map((name) => linesOf(name).length)).toEqual([1, 1]);
      expect(['a', 'b'].map((name) => linesOf(`${name}.begun`).length)).toEqual([2, 2]);
    },
    TIMEOUT_MS,
  );

  it(
    'R10 two hundred tasks end with every result once, some of them killed',
    async () => {
      const code = (i: number): string =>
        i % 20 === 3
          ? `if (linesOf() < 2) process.kill(process.pid, 'SIGKILL'); finish()`
          : 'finish()';
      const count = `const linesOf = () => require('node:fs').readFileSync(at(name + '.begun'), 'utf8').trim().split('\\n').length;`;
      const tasks = Array.from({ length: 200 }, (_, i) => task(`t${i}`, `${count} ${code(i)}`));
      const { ends } = launch(tasks, { options: { retries: 1 } });
      const all = await ends;
      expect(all.filter(({ status }) => status === 'finished')).toHaveLength(200);
      expect(tasks.filter(({ name }) => linesOf(name).length !== 1)).toEqual([]);
      expect(all.map(({ attempts }) => attempts).reduce((a, b) => a + b)).toBe(210);
    },
    3 * TIMEOUT_MS,
  );

  it(
    'R15 tasks that outlive a launch which was killed are waited for, not started twice',
    async () => {
      const wait2 = `const timer = setInterval(() => { if (exists(at('go'))) { clearInterval(timer); finish(); } }, 50);`;
      const tasks = [task('a', wait2), task('b', 'finish()')];
      // Nobody reads what the first launch finds out, as if it were dead.
      const { ends: unheard } = launch(tasks);
      await begun('a');
      const { ends } = launch(tasks);
      await wait(1000);
      appendFileSync(at('go'), '');
      expect(await ends).toMatchObject([{ status: 'finished' }, { status: 'finished' }]);
      expect(linesOf('a.begun')).toHaveLength(1);
      await unheard;
    },
    TIMEOUT_MS,
  );

  it(
    'passes on what tasks print, in whole lines, and why they gave up',
    async () => {
      const code = `console.log('one\\ntwo'); console.error('error the reason\\nand a hint');
        process.stdout.write('end'); process.exitCode = 4;`;
      const { ends, events } = launch([task('a', code)], { options: { setup: ['echo set up'] } });
      expect(await ends).toMatchObject([
        { status: 'failed', exitCode: 4, reason: 'exit code 4: the reason', attempts: 1 },
      ]);
      const lines = events.flatMap((event) => (event.type === 'line' ? [event] : []));
      const printed = lines.filter(({ error }) => !error).map(({ line }) => line);
      expect(printed).toEqual(['set up', 'one', 'two', 'end']);
      expect(lines.filter(({ error }) => error)).toHaveLength(2);
    },
    TIMEOUT_MS,
  );

  it(
    'gives each task its processors as threads',
    async () => {
      const code = `append(at('threads'), process.env.ARCHER_THREADS + '\\n'); finish()`;
      await launch([task('a', code)], { options: { cpus: 3 } }).ends;
      expect(linesOf('threads')).toEqual(['3']);
    },
    TIMEOUT_MS,
  );

  it('names what sbatch does not like', async () => {
    const { ends } = launch([task('a', 'finish()')], { options: { partition: 'nowhere' } });
    await expect(ends).rejects.toMatchObject({
      code: 'ARCHER_SLURM',
      message: expect.stringMatching(/sbatch refused: .*partition/is),
    });
  });
});
