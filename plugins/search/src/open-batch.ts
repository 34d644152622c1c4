import type { EvaluationJob, SearchSpace, State } from '@archer-nas/core';
import { loadProposal, saveProposal } from './saved.ts';
import type { Batch } from './workers.ts';

/** Proposals that the evaluator is working on. */
export interface Open<A> extends Batch<A> {
  readonly job: EvaluationJob<A>;
}

/** The same as state. */
export interface SavedOpen {
  readonly order: number;
  readonly start: number;
  readonly proposals: readonly State[];
  readonly job: State;
}

export function saveOpen<A>(
  space: SearchSpace<A>,
  { order, start, proposals, job }: Open<A>,
): SavedOpen {
  const saved = proposals.map((proposal) => saveProposal(space, proposal));
  return { order, start, proposals: saved, job: job.state };
}

/** The proposals of {@link saveOpen}, for which the job is begun again from its state. */
export function loadBatch<A>(
  space: SearchSpace<A>,
  { order, start, proposals }: SavedOpen,
): Batch<A> {
  return { order, start, proposals: proposals.map((one) => loadProposal(space, one)) };
}
