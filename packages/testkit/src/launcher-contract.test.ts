import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Launcher, Task, TaskEnd } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { describeLauncher, launcherChecks } from './launcher-contract.ts';

/** What a pool may do wrong. */
type Mistake =
  | 'none'
  | 'forgets the last task'
  | 'answers in the order of ends'
  | 'starts finished tasks'
  | 'runs one more at once'
  | 'runs one at a time'
  | 'never starts again'
  | 'starts again once too often'
  | 'is silent about reasons'
  | 'stops at the first failure'
  | 'starts again after any exit code'
  | 'believes exit codes'
  | 'calls time up a failure'
  | 'leaves its processes'
  | 'begins after the abort'
  | 'is deaf to aborts'
  | 'counts stops as failures'
  | 'drops variables'
  | 'tells all what one is told';

/** The smallest pool that keeps the contract, with one mistake. */
function pool(mistake: Mistake, processes: number, retries: number): Launcher {
  const is = (wrong: Mistake): boolean => mistake === wrong;
  const size = is('runs one at a time') ? 1 : processes + (is('runs one more at once') ? 1 : 0);
  return {
    description: 'a pool of the tests',
    async launch(tasks, { finished, signal, onEvent }) {
      const queue = [...(is('forgets the last task') ? tasks.slice(0, -1) : tasks)];
      const ends: TaskEnd[] = [];
      const surroundings = { ...globalThis.process.env };
      let failed = false;
      const aborted = (): boolean => signal.aborted && !is('begins after the abort');

      const run = async (task: Task): Promise<TaskEnd> => {
        if (finished(task) && !is('starts finished tasks')) {
          return { task, attempts: 0, status: 'finished' };
        }
        for (let attempts = 0; ; ) {
          const stopped = { task, attempts, status: 'stopped', reason: 'interrupted' } as const;
          if (aborted()) return stopped;
          const { code, left } = await process(task);
          attempts += 1;
          if (left) return { ...stopped, attempts };
          if (is('believes exit codes') ? code === 0 : finished(task)) {
            return { task, attempts, status: 'finished' };
          }
          if (code === 130 && !is('counts stops as failures')) return { ...stopped, attempts };
          if (code === 75 && !is('calls time up a failure')) {
            return { task, attempts, status: 'stopped', reason: 'time-up' };
          }
          const killed = code === null || is('starts again after any exit code');
          const most = is('never starts again')
            ? 0
            : retries + (is('starts again once too often') ? 1 : 0);
          if (!killed || attempts > most) {
            const reason = is('is silent about reasons') ? '' : `ended with ${code ?? 'a signal'}`;
            return { task, attempts, status: 'failed', reason, exitCode: code ?? 1 };
          }
          onEvent?.({ type: 'again', task, reason: 'killed' });
        }
      };
      const process = async ({ command: [program, ...args], env }: Task) => {
        if (is('tells all what one is told')) Object.assign(surroundings, env);
        const told = is('drops variables') ? {} : env;
        const all = { ...surroundings, ...told };
        const child: ChildProcess = spawn(program, args, { stdio: 'ignore', env: all });
        const exit = once(child, 'exit').then(([code]) => ({ code, left: false }));
        if (is('is deaf to aborts')) return exit;
        if (is('leaves its processes')) {
          const left = once(signal, 'abort').then(() => ({ code: null, left: true }));
          return Promise.race([exit, left]);
        }
        const stop = (): unknown => child.kill();
        signal.addEventListener('abort', stop);
        return exit.finally(() => signal.removeEventListener('abort', stop));
      };
      const worker = async (): Promise<void> => {
        for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
          const end: TaskEnd =
            failed && is('stops at the first failure')
              ? { task, attempts: 0, status: 'stopped', reason: 'interrupted' }
              : await run(task);
          failed ||= end.status === 'failed';
          ends.push(end);
          onEvent?.({ type: 'end', end });
        }
      };
      await Promise.all(Array.from({ length: size }, worker));
      if (is('answers in the order of ends')) return ends;
      return ends.sort((a, b) => tasks.indexOf(a.task) - tasks.indexOf(b.task));
    },
  };
}

/** Those that do not end by themselves: the launch is given up soon. */
const SOON = { seconds: 2 };

const subject = (mistake: Mistake, patience: { readonly seconds?: number } = {}) => ({
  create: ({ processes, retries }: { processes: number; retries: number }) =>
    pool(mistake, processes, retries),
  ...patience,
});

describeLauncher('of the tests', subject('none'));

describe('launcherChecks', () => {
  it.each<[Mistake, check: string, why: RegExp, patience?: { readonly seconds: number }]>([
    ['forgets the last task', 'finishes every task once', /d: finished, 1/],
    ['answers in the order of ends', 'finishes every task once', /a: finished, 1/],
    ['starts finished tasks', 'starts nothing that is finished', /a: finished, 1/],
    [
      'runs one more at once',
      'works on as many tasks at once',
      /processes at once: expected 4 to be 3/,
      { seconds: 80 }, // so that a slow start is seen
    ],
    [
      'runs one at a time',
      'works on as many tasks at once',
      /processes at once: expected 1 to be 3/,
    ],
    ['never starts again', 'starts again what was killed', /a: failed, 1/],
    ['starts again once too often', 'gives up after its retries', /processes: expected 4 to be 3/],
    ['is silent about reasons', 'gives up after its retries', /the reason/],
    ['stops at the first failure', 'gives up after its retries', /b: stopped, 0/],
    ['starts again after any exit code', 'does not start again what gave up', /expected 2 to be 1/],
    ['believes exit codes', 'believes results, not exit codes', /a: finished, 1/],
    ['calls time up a failure', 'stops a task whose time is up', /a: failed, 1/],
    ['leaves its processes', 'leaves nothing running', /processes left running/],
    ['begins after the abort', 'leaves nothing running', /did not end within 2 s/, SOON],
    ['begins after the abort', 'starts nothing when it was aborted', /begun after it/],
    ['is deaf to aborts', 'leaves nothing running', /did not end within 2 s/, SOON],
    ['counts stops as failures', 'leaves nothing running', /failed/],
    ['drops variables', 'tells each task its variables', /a: failed, 1/],
    ['tells all what one is told', 'tells each task its variables', /c: finished, 1/],
  ])('catch a launcher that %s: %s', async (mistake, name, why, patience) => {
    const checks = launcherChecks(subject(mistake, patience));
    const check = checks.find((one) => one.name.startsWith(name));
    const broken = await Promise.resolve(check?.run()).then(
      () => 'nothing',
      (error: Error) => `${error.message}\n${JSON.stringify(error, undefined, 1)}`,
    );
    expect(broken).toMatch(why);
  });
});
