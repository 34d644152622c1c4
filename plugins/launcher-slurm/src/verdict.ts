import { constants } from 'node:os';
import { type EndVerdict, judgeEnd, type LastWords } from '@archer-nas/core';
import type { QueuedTask } from './slurm.ts';

/** States that a task does not leave again; in all others it runs, or will. */
const ENDED = new Set([
  ...['BOOT_FAIL', 'CANCELLED', 'COMPLETED', 'DEADLINE', 'FAILED', 'NODE_FAIL'],
  ...['OUT_OF_MEMORY', 'PREEMPTED', 'REVOKED', 'TIMEOUT'],
]);

/** Ends that are no fault of the task: submitted again, it goes on. */
const DEATHS: Readonly<Record<string, string>> = {
  NODE_FAIL: 'its node failed',
  OUT_OF_MEMORY: 'out of memory: `memory` under `launcher` asks for more',
  PREEMPTED: 'preempted',
  TIMEOUT: 'the time limit of its job: `time` under `launcher` asks for more',
};

/** Whether a task is over; one that Slurm has forgotten is. */
export function hasEnded(task: QueuedTask | undefined): boolean {
  return task === undefined || ENDED.has(task.state);
}

/** Judges a task that is over and has left no result. */
export function judgeTask(task: QueuedTask | undefined, words: LastWords): EndVerdict {
  if (task === undefined) return { status: 'died', reason: 'Slurm no longer knows it' };
  const { state, waitStatus } = task;
  const death = DEATHS[state];
  if (death !== undefined) return { status: 'died', reason: death };
  if (state === 'CANCELLED') return { status: 'stopped', reason: 'interrupted' };
  if (state !== 'COMPLETED' && state !== 'FAILED') {
    return { status: 'failed', reason: `Slurm ended it as ${state}` };
  }
  const signal = signalOf(waitStatus & 127);
  const verdict = judgeEnd({ code: waitStatus >> 8, signal, words });
  // Somebody told it to stop, and it was not this launch: a preemption with time to save.
  const wasTold = verdict.status === 'stopped' && verdict.reason === 'interrupted';
  return wasTold ? { status: 'died', reason: 'told to stop, as by a preemption' } : verdict;
}

function signalOf(signal: number): string | null {
  if (signal === 0) return null;
  const found = Object.entries(constants.signals).find(([, n]) => n === signal);
  return found?.[0] ?? `signal ${signal}`;
}
