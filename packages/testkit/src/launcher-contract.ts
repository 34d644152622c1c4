import { setTimeout as wait } from 'node:timers/promises';
import type { LaunchContext, Launcher, Task, TaskEnd } from '@archer-nas/core';
import { expect } from 'vitest';
import { type Check, describeChecks } from './check.ts';
import { type TaskYard, taskYard } from './launcher-tasks.ts';
import { declareRow } from './row.ts';

/** A launcher to be checked. Its processes must see this machine's folder of temporary files. */
export interface LauncherSubject {
  /** Makes the launcher: at most so many processes at once, so many retries of each task. */
  create(options: {
    readonly processes: number;
    readonly retries: number;
  }): Launcher | Promise<Launcher>;
  /** A launch that takes longer counts as hanging; default 20. */
  readonly seconds?: number;
}

/** The contract of a launcher, with real processes. */
export function launcherChecks(subject: LauncherSubject): readonly Check[] {
  const { seconds = 20 } = subject;
  const check = (name: string, run: (yard: TaskYard, kit: Kit) => Promise<void>): Check => ({
    name,
    run: async () => {
      using yard = taskYard((seconds * 1000) / 4);
      await run(yard, kitOf({ ...subject, seconds }, yard));
    },
  });
  return [
    check('finishes every task once and answers in their order', checkOrder),
    check('starts nothing that is finished', checkFinished),
    check('works on as many tasks at once as it may, and on no more', checkBound),
    check('starts again what was killed, until it is finished', checkRetries),
    check('gives up after its retries, says why, and goes on with the others', checkGivingUp),
    check('does not start again what gave up by itself', checkRefusal),
    check('believes results, not exit codes', checkResults),
    check('stops a task whose time is up, and no other', checkTimeUp),
    check('leaves nothing running and begins nothing when it is aborted', checkAbort),
    check('goes on with what was stopped', checkGoingOn),
    check('starts nothing when it was aborted before', checkAbortedBefore),
    check('tells each task its variables, and no other task', checkVariables),
  ];
}

/** Runs {@link launcherChecks} as tests, as the row of the plugin `id`. */
export function describeLauncher(id: string, subject: LauncherSubject): void {
  declareRow('launcher', id);
  describeChecks(`launcher ${id}`, launcherChecks(subject));
}

/** Launches with what a check leaves open: two processes, no retries, no abort. */
interface Kit {
  launch(tasks: readonly Task[], options?: LaunchOptions): Promise<readonly TaskEnd[]>;
}

interface LaunchOptions extends Partial<Pick<LaunchContext, 'signal' | 'onEvent'>> {
  readonly processes?: number;
  readonly retries?: number;
}

function kitOf({ create, seconds }: Required<LauncherSubject>, { finished }: TaskYard): Kit {
  return {
    async launch(tasks, { processes = 2, retries = 0, ...options } = {}) {
      const launcher = await create({ processes, retries });
      const signal = new AbortController().signal;
      const controller = new AbortController();
      const late = wait(seconds * 1000, undefined, { signal: controller.signal }).then(() => {
        throw new Error(`the launch did not end within ${seconds} s`);
      });
      late.catch(() => {});
      try {
        return await Promise.race([launcher.launch(tasks, { signal, finished, ...options }), late]);
      } finally {
        controller.abort();
      }
    },
  };
}

/** What of an end must be as it is. */
const essence = ({ task, attempts, status }: TaskEnd) => `${task.name}: ${status}, ${attempts}`;

async function checkOrder(yard: TaskYard, { launch }: Kit): Promise<void> {
  // The first waits for the third, which has the second's place once the launcher has seen its end:
  // the order of ends is another.
  const tasks = [
    yard.task('a', ['finish', 'end c']),
    ...['b', 'c', 'd'].map((name) => yard.task(name, 'finish')),
  ];
  const told: string[] = [];
  const ends = await launch(tasks, {
    onEvent: (event) => event.type === 'end' && told.push(event.end.task.name),
  });
  expect(ends.map(essence)).toStrictEqual(
    ['a', 'b', 'c', 'd'].map((name) => `${name}: finished, 1`),
  );
  expect(tasks.map(yard.starts), 'processes of each task').toStrictEqual([1, 1, 1, 1]);
  expect(tasks.filter(yard.finished), 'results').toHaveLength(4);
  expect(told.sort(), 'ends told').toStrictEqual(['a', 'b', 'c', 'd']);
}

async function checkFinished(yard: TaskYard, { launch }: Kit): Promise<void> {
  const tasks = ['a', 'b'].map((name) => yard.task(name, 'finish'));
  yard.finish(tasks[0] as Task);
  expect((await launch(tasks)).map(essence)).toStrictEqual(['a: finished, 0', 'b: finished, 1']);
  expect(yard.log()).toStrictEqual(['start b', 'end b']);
}

async function checkBound(yard: TaskYard, { launch }: Kit): Promise<void> {
  const tasks = [
    ...['a', 'b', 'c', 'd'].map((name) => yard.task(name, ['finish', 'go'])),
    ...['e', 'f', 'g'].map((name) => yard.task(name, 'finish')),
  ];
  const launched = launch(tasks, { processes: 3 });
  launched.catch(() => {});
  await yard.started(3);
  await yard.settle();
  expect(yard.most(), 'processes at once').toBe(3);
  yard.say('go');
  const ends = await launched;
  expect(yard.most(), 'processes at once').toBe(3);
  expect(ends.every(({ status }) => status === 'finished')).toBe(true);
}

async function checkRetries(yard: TaskYard, { launch }: Kit): Promise<void> {
  const task = yard.task('a', 'die', 'die', 'finish');
  const reasons: string[] = [];
  const ends = await launch([task], {
    retries: 2,
    onEvent: (event) => event.type === 'again' && reasons.push(event.reason),
  });
  expect(ends.map(essence)).toStrictEqual(['a: finished, 3']);
  expect(yard.starts(task), 'processes').toBe(3);
  expect(
    reasons.filter((reason) => reason !== ''),
    'reasons told',
  ).toHaveLength(2);
}

async function checkGivingUp(yard: TaskYard, { launch }: Kit): Promise<void> {
  const doomed = yard.task('a', 'die');
  const tasks = [doomed, ...['b', 'c', 'd'].map((name) => yard.task(name, 'finish'))];
  const ends = await launch(tasks, { processes: 1, retries: 2 });
  expect(yard.starts(doomed), 'processes').toBe(3);
  expect(ends.map(essence)).toStrictEqual([
    'a: failed, 3',
    ...['b', 'c', 'd'].map((name) => `${name}: finished, 1`),
  ]);
  expect(ends[0], 'the reason').toMatchObject({ reason: expect.stringMatching(/\w/) });
}

async function checkRefusal(yard: TaskYard, { launch }: Kit): Promise<void> {
  const task = yard.task('a', 'refuse', 'finish');
  const ends = await launch([task], { retries: 2 });
  expect(yard.starts(task), 'processes').toBe(1);
  expect(ends).toMatchObject([{ status: 'failed', exitCode: 4, attempts: 1 }]);
}

async function checkResults(yard: TaskYard, { launch }: Kit): Promise<void> {
  const tasks = [yard.task('a', 'pretend', 'finish'), yard.task('b', 'finish and die', 'refuse')];
  const ends = await launch(tasks, { retries: 1 });
  expect(ends.map(essence)).toStrictEqual(['a: failed, 1', 'b: finished, 1']);
}

async function checkTimeUp(yard: TaskYard, { launch }: Kit): Promise<void> {
  const tasks = [yard.task('a', 'run out of time', 'finish'), yard.task('b', 'finish')];
  const ends = await launch(tasks, { processes: 1, retries: 2 });
  expect(ends.map(essence)).toStrictEqual(['a: stopped, 1', 'b: finished, 1']);
  expect(ends[0]).toMatchObject({ reason: 'time-up' });
}

/** Aborts once two of four tasks are at work. */
async function abort(yard: TaskYard, { launch }: Kit, tasks: readonly Task[]) {
  const controller = new AbortController();
  const launched = launch(tasks, { retries: 2, signal: controller.signal });
  await Promise.race([yard.started(2), launched]);
  controller.abort();
  return launched;
}

const WORKERS = ['a', 'b', 'c', 'd'];

async function checkAbort(yard: TaskYard, kit: Kit): Promise<void> {
  const tasks = WORKERS.map((name) => yard.task(name, 'work'));
  const ends = await abort(yard, kit, tasks);
  expect(yard.alive(), 'processes left running').toStrictEqual([]);
  expect(yard.starts(tasks[2] as Task) + yard.starts(tasks[3] as Task), 'begun after it').toBe(0);
  expect(ends.map(({ status }) => status)).toStrictEqual(WORKERS.map(() => 'stopped'));
  expect(ends.map(({ attempts }) => attempts)).toStrictEqual([1, 1, 0, 0]);
}

async function checkGoingOn(yard: TaskYard, kit: Kit): Promise<void> {
  const tasks = WORKERS.map((name, i) =>
    i < 2 ? yard.task(name, 'work', 'finish') : yard.task(name, 'finish'),
  );
  await abort(yard, kit, tasks);
  const ends = await kit.launch(tasks);
  expect(ends.map(essence)).toStrictEqual(WORKERS.map((name) => `${name}: finished, 1`));
}

async function checkAbortedBefore(yard: TaskYard, { launch }: Kit): Promise<void> {
  const tasks = [yard.task('a', 'finish')];
  const ends = await launch(tasks, { signal: AbortSignal.abort() });
  expect(yard.log(), 'begun after it').toStrictEqual([]);
  expect(ends.map(essence)).toStrictEqual(['a: stopped, 0']);
}

async function checkVariables(yard: TaskYard, { launch }: Kit): Promise<void> {
  // What the first two are told would do for the third, which is told nothing.
  const told = ['a', 'b'].map((name) => ({
    ...yard.task(name, 'finish if told'),
    env: { ARCHER_KIT_TOLD: `${name} c` },
  }));
  const ends = await launch([...told, yard.task('c', 'finish if told')], { processes: 1 });
  expect(ends.map(essence)).toStrictEqual(['a: finished, 1', 'b: finished, 1', 'c: failed, 1']);
}
