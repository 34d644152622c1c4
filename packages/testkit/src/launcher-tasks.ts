import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Task } from '@archer-nas/core';

/**
 * What one process of a task does: writes the result; is killed, before or after that; gives up
 * with exit code 4; says that the time is up (75); ends with exit code 0 and no result; or works
 * until it is told to stop. `['finish', …]` waits until the log has all these lines.
 */
export type Deed =
  | ('finish' | 'die' | 'finish and die' | 'refuse' | 'run out of time' | 'pretend' | 'work')
  /** Refuses unless the variable `ARCHER_KIT_TOLD` has the task's name among its words. */
  | 'finish if told'
  | readonly ['finish', ...after: string[]];

/** Tasks in a folder of their own that write down, in one log, what becomes of them. */
export interface TaskYard extends Disposable {
  /** A task that does the first deed in its first process, and so on; the last one for ever. */
  task(name: string, ...deeds: readonly [Deed, ...Deed[]]): Task;
  /** Writes the result of a task as an earlier launch would have. */
  finish(task: Task): void;
  readonly finished: (task: Task) => boolean;
  /** `start a`, `end a`, in the order in which it happened. */
  log(): string[];
  /** How many processes a task has had. */
  starts(task: Task): number;
  /** The most processes that there were at once. */
  most(): number;
  /** Processes that run now. */
  alive(): number[];
  /** Waits until so many processes have started, or no longer. */
  started(count: number): Promise<void>;
  /** Waits so long that a process which has been begun shows in the log. */
  settle(): Promise<void>;
  /** Writes a line into the log that tasks may wait for. */
  say(line: string): void;
}

/**
 * The program of every task. It needs nothing but Node.js and the folder, so that a launcher
 * may start it anywhere that shares the folder. None outlives its test for long.
 */
const PROGRAM = `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
const { name, log, result, deeds, patienceMs } = JSON.parse(process.argv[2]);
const say = (what) => appendFileSync(log, what + ' ' + name + ' ' + process.pid + '\\n');
const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').split('\\n') : []);
const has = (what) => lines().some((line) => (line + ' ').startsWith(what + ' '));
const attempt = lines().filter((line) => line.startsWith('start ' + name + ' ')).length;
const [deed, ...after] = [deeds[Math.min(attempt, deeds.length - 1)]].flat();
const end = (code) => { say('end'); process.exit(code); };
const finish = () => writeFileSync(result, '{}');
process.on('SIGTERM', () => end(130));
say('start');
setTimeout(() => end(1), deed === 'work' ? 8 * patienceMs : patienceMs);
const timer = setInterval(() => {
  if (!after.every(has)) return;
  if (deed === 'work') return;
  const told = (process.env.ARCHER_KIT_TOLD ?? '').split(' ').includes(name);
  if (deed === 'finish if told' && !told) return end(4);
  clearInterval(timer);
  if (deed.startsWith('finish')) finish();
  if (deed === 'die' || deed === 'finish and die') {
    say('end');
    process.kill(process.pid, 'SIGKILL');
  } else end({ refuse: 4, 'run out of time': 75 }[deed] ?? 0);
}, 5);
`;

/**
 * Makes a yard; disposed, its folder and what still runs in it are gone.
 * @param patienceMs how long a task waits for another one
 */
export function taskYard(patienceMs: number): TaskYard {
  const root = mkdtempSync(join(tmpdir(), 'archer-tasks-'));
  const log = join(root, 'log');
  const program = join(root, 'task.mjs');
  writeFileSync(program, PROGRAM);
  const entries = () =>
    (existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [])
      .filter((line) => line !== '')
      .map((line) => line.split(' ') as [what: string, name: string, pid: string]);
  const resultOf = ({ folder }: Task): string => join(folder, 'result');
  const alive = () =>
    entries().flatMap(([what, , pid]) =>
      what === 'start' && isAlive(Number(pid)) ? [Number(pid)] : [],
    );
  const yard: TaskYard = {
    task(name, ...deeds) {
      const folder = join(root, name);
      mkdirSync(folder);
      const result = join(folder, 'result');
      const told = JSON.stringify({ name, log, result, deeds, patienceMs });
      return { name, folder, command: [process.execPath, program, told] };
    },
    finish: (task) => writeFileSync(resultOf(task), '{}'),
    finished: (task) => existsSync(resultOf(task)),
    log: () => entries().map(([what, name]) => `${what} ${name}`),
    starts: (task) => yard.log().filter((line) => line === `start ${task.name}`).length,
    most() {
      let [now, most] = [0, 0];
      for (const [what] of entries()) {
        now += what === 'start' ? 1 : what === 'end' ? -1 : 0;
        most = Math.max(most, now);
      }
      return most;
    },
    alive,
    async started(count) {
      const endMs = performance.now() + patienceMs;
      const enough = () => entries().filter(([what]) => what === 'start').length >= count;
      while (!enough() && performance.now() < endMs) await wait(5);
    },
    settle: () => wait(patienceMs / 10),
    say: (line) => appendFileSync(log, `${line}\n`),
    [Symbol.dispose]() {
      for (const pid of alive()) kill(pid);
      rmSync(root, { recursive: true, force: true });
    },
  };
  return yard;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
