import type { Objective, Outcome } from './evaluation.ts';
import { winningMetrics } from './winning.ts';

/** What an objective says of an outcome. */
export interface Merit {
  /** How far limits are missed, of which less is better than any fitness; NaN: it may not win. */
  violation: number;
  /** The one number that is maximised; NaN where the objective has none. */
  fitness: number;
}

export function meritOf(outcome: Outcome, objective: Objective): Merit {
  const metrics = winningMetrics(outcome, objective);
  if (metrics === undefined) return { violation: Number.NaN, fitness: Number.NaN };
  const violation = objective.constraints.length > 0 ? objective.violation(metrics) : 0;
  return { violation, fitness: objective.scalar?.(metrics) ?? Number.NaN };
}
