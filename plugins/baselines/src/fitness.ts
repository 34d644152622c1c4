import {
  ArcherError,
  type Evaluation,
  EXIT,
  type Objective,
  winningMetrics,
} from '@archer-nas/core';

/**
 * What a search climbs: the objective's one number, for those within its limits; others, and
 * failures, are below every number, ordered by how far they miss the limits.
 * @throws ArcherError where the objective is no single number
 */
export function fitnessOf(name: string, objective: Objective): (e: Evaluation<unknown>) => number {
  const { scalar } = objective;
  if (!scalar) {
    throw new ArcherError(
      'ARCHER_CAPABILITY',
      `${name} climbs one number; the objective has several`,
      {
        hint: 'Use nsga-2, or an objective that gives a reward.',
        exit: EXIT.manifest,
      },
    );
  }
  return (evaluation) => {
    const metrics = winningMetrics(evaluation, objective);
    if (metrics === undefined) return Number.NEGATIVE_INFINITY;
    const missed = objective.violation(metrics);
    return missed > 0 ? -FAR * (1 + missed) : scalar(metrics);
  };
}

/** Beyond any metric. */
const FAR = 1e100;
