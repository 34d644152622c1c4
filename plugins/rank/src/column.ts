import type { Cache, EvaluationContext, Evaluator, Phase, Proposal } from '@archer-nas/core';

/** One number per architecture, measured piece by piece. */
export interface Column<A> {
  readonly name: 'truth' | 'scores' | 'untrained';
  readonly evaluator: Evaluator<A>;
  readonly context: EvaluationContext;
  /** Architectures that are given to the evaluator at a time. */
  readonly perPiece: number;
  /** Where values are kept between runs; absent: nowhere. */
  readonly cache?: Cache;
}

/** Architectures that a column's time is estimated from. */
const SAMPLE = 4;

/** What the evaluator's job for `proposal` alone counts to: the length of an architecture. */
export function unitsOf<A>({ evaluator, context }: Column<A>, proposal: Proposal<A>): number {
  const job = evaluator.start([proposal], context);
  try {
    return job.progress.total;
  } finally {
    job.dispose?.();
  }
}

/**
 * The measuring of a column, to be timed on a few of its architectures, evenly spread. The cache
 * is left out of account.
 */
export function phaseOf<A>(column: Column<A>, proposals: readonly Proposal<A>[]): Phase {
  const { evaluator, context, name, perPiece } = column;
  const count = Math.min(proposals.length, perPiece, SAMPLE);
  const spread = Array.from({ length: count }, (_, i) => {
    return proposals[Math.floor((i * proposals.length) / count)] as Proposal<A>; // in range
  });
  return {
    name,
    share: proposals.length / count,
    sample: async () => evaluator.start(spread, context),
  };
}
