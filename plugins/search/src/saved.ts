import type { Evaluation, Proposal, SearchSpace, State } from '@archer-nas/core';

/** A proposal with its architecture in the space's notation. */
export function saveProposal<A>(space: SearchSpace<A>, proposal: Proposal<A>): State {
  const { architecture, ...rest } = proposal;
  return { ...(rest as object), architecture: space.format(architecture) };
}

/** Inverse of {@link saveProposal}. */
export function loadProposal<A>(space: SearchSpace<A>, saved: State): Proposal<A> {
  const proposal = saved as unknown as Proposal<string>;
  return { ...proposal, architecture: space.parse(proposal.architecture) };
}

/** An evaluation as state. */
export function saveEvaluation<A>(space: SearchSpace<A>, evaluation: Evaluation<A>): State {
  const { proposal, ...rest } = evaluation;
  return { ...(rest as object), proposal: saveProposal(space, proposal) };
}

/** Inverse of {@link saveEvaluation}. */
export function loadEvaluation<A>(space: SearchSpace<A>, saved: State): Evaluation<A> {
  const evaluation = saved as unknown as Evaluation<string>;
  const proposal = loadProposal(space, evaluation.proposal as unknown as State);
  return { ...evaluation, proposal };
}
