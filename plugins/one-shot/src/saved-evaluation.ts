import type { Cost, Evaluation, Proposal, SearchSpace } from '@archer-nas/core';

/** An architecture in the space's notation, with what belongs to it. */
export interface SavedProposal {
  readonly id: string;
  readonly architecture: string;
  readonly parent: string | null;
}

/** An evaluation that was final. */
export interface SavedEvaluation {
  readonly proposal: SavedProposal;
  readonly metrics: Readonly<Record<string, number>>;
  readonly cost: Cost;
}

/** As it is saved. */
export function savedProposal<A>(space: SearchSpace<A>, proposal: Proposal<A>): SavedProposal {
  const { id, architecture, parent } = proposal;
  return { id, architecture: space.format(architecture), parent: parent ?? null };
}

/** The proposal that was saved. */
export function restored<A>(space: SearchSpace<A>, saved: SavedProposal): Proposal<A> {
  const proposal = { id: saved.id, architecture: space.parse(saved.architecture) };
  return saved.parent === null ? proposal : { ...proposal, parent: saved.parent };
}

/** As it is saved. */
export function savedEvaluation<A>(space: SearchSpace<A>, best: Evaluation<A>): SavedEvaluation {
  const { proposal, metrics, cost } = best;
  return { proposal: savedProposal(space, proposal), metrics, cost };
}

/** The evaluation that was saved. */
export function restoredEvaluation<A>(
  space: SearchSpace<A>,
  saved: SavedEvaluation,
): Evaluation<A> {
  return {
    proposal: restored(space, saved.proposal),
    metrics: saved.metrics,
    cost: saved.cost,
    status: 'final',
  };
}
