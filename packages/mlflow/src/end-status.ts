import type { RunEnd, TrackedRun } from '@archer-nas/core';
import type { EndStatus, Memory } from './memory.ts';

/** MLflow's names of how a run ended. */
export const END_STATUS: Readonly<Record<RunEnd, EndStatus>> = {
  finished: 'FINISHED',
  failed: 'FAILED',
  interrupted: 'KILLED',
};

/** A run that nobody runs any more ended as it last said, or was killed. */
export function endStatus(run: TrackedRun, memory: Memory, end: RunEnd): EndStatus {
  if (run.isLive || end === 'finished') return END_STATUS[end];
  return memory.ended ?? END_STATUS[end];
}
