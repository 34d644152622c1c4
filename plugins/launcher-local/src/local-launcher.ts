import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import {
  judgeEnd,
  type LaunchContext,
  type Launcher,
  type Task,
  type TaskEnd,
} from '@archer-nas/core';
import { attempt, stopChild } from './attempt.ts';

/** Options of {@link localLauncher}. */
export interface LocalOptions {
  /** At most so many processes at once. */
  readonly processes: number;
  /** How often a task is started again whose process was killed. */
  readonly retries: number;
}

/** A launch under way. */
interface Launch extends LaunchContext {
  readonly retries: number;
  readonly env: NodeJS.ProcessEnv;
  readonly running: Set<ChildProcess>;
}

/**
 * A pool of processes on this machine. They share its cores: `ARCHER_THREADS` tells each how
 * many threads are its own. When this process dies, they stop by themselves.
 */
export function localLauncher({ processes, retries }: LocalOptions): Launcher {
  return {
    description: `${processes} process${processes === 1 ? '' : 'es'} at once on this machine`,
    async launch(tasks, context) {
      const waiting = tasks.filter((task) => !context.finished(task)).length;
      const size = Math.min(processes, waiting);
      const env = environment(threadsOfEach(size, context));
      const running = new Set<ChildProcess>();
      const launch = { ...context, retries, env, running };
      const stop = (): void => {
        for (const child of running) stopChild(child);
      };
      // Who leaves at once, at a second signal, leaves nobody behind.
      const leave = (): void => {
        for (const child of running) child.kill('SIGKILL');
      };
      context.signal.addEventListener('abort', stop);
      process.on('exit', leave);
      try {
        return await inPool(Math.max(size, 1), tasks, (task) => runTask(task, launch));
      } finally {
        context.signal.removeEventListener('abort', stop);
        process.off('exit', leave);
      }
    },
  };
}

/** Seconds that a process waits for one of an earlier launch, which needs so long at most to stop. */
const LOCK_PATIENCE = '70';

/** What every process is told. */
function environment(threads: number): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ARCHER_THREADS: String(threads),
    ARCHER_STOP_WITH_PARENT: '1',
    ARCHER_LOCK_PATIENCE: LOCK_PATIENCE,
  };
}

/** An equal share of the threads that all processes together may have; at least one. */
function threadsOfEach(processes: number, { threads }: LaunchContext): number {
  return Math.max(1, Math.floor((threads ?? availableParallelism()) / Math.max(processes, 1)));
}

/** Works on all items, at most `size` at once, begun in their order; answers in their order. */
async function inPool<T, R>(
  size: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const entries = items.entries();
  const worker = async (): Promise<void> => {
    for (const [i, item] of entries) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: size }, worker));
  return results;
}

async function runTask(task: Task, launch: Launch): Promise<TaskEnd> {
  const end = await attempts(task, launch);
  launch.onEvent?.({ type: 'end', end });
  return end;
}

/** Starts a task until it is finished, gives up, is to stop, or has died too often. */
async function attempts(task: Task, launch: Launch): Promise<TaskEnd> {
  const { finished, signal, retries, onEvent } = launch;
  if (finished(task)) return { task, attempts: 0, status: 'finished' };
  if (signal.aborted) return { task, attempts: 0, status: 'stopped', reason: 'interrupted' };
  for (let count = 1; ; count++) {
    onEvent?.({ type: 'start', task, attempt: count });
    const ended = await attempt(task, launch);
    const base = { task, attempts: count };
    // The result decides: a process may be killed between writing it and its end.
    if (finished(task)) return { ...base, status: 'finished' };
    const verdict = judgeEnd(ended);
    if (verdict.status === 'stopped') return { ...base, ...verdict };
    if (verdict.status === 'failed') return { ...base, ...verdict };
    if (signal.aborted) return { ...base, status: 'stopped', reason: 'interrupted' };
    if (count > retries) return { ...base, status: 'failed', reason: verdict.reason };
    onEvent?.({ type: 'again', task, reason: verdict.reason });
  }
}
