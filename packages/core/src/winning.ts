import type { Metrics, Objective, Outcome } from './evaluation.ts';

/**
 * The metrics of an evaluation that may win: final, with a number for everything that the
 * objective looks at, and for what it makes of them. Others are `undefined`.
 */
export function winningMetrics(
  evaluation: Outcome,
  { metrics, constraints, scalar }: Pick<Objective, 'metrics' | 'constraints' | 'scalar'>,
): Metrics | undefined {
  if (evaluation.status !== 'final') return undefined;
  const known = evaluation.metrics;
  for (const { name } of metrics) if (!isNumber(known[name])) return undefined;
  for (const { metric } of constraints) if (!isNumber(known[metric])) return undefined;
  // A reward of numbers need not be one: 0 times an infinite factor.
  return scalar === undefined || isNumber(scalar(known)) ? known : undefined;
}

function isNumber(value: number | undefined): boolean {
  return value !== undefined && !Number.isNaN(value);
}

/** The same of an evaluation that may be a result: within the objective's limits, too. */
export function incumbentMetrics(evaluation: Outcome, objective: Objective): Metrics | undefined {
  const metrics = winningMetrics(evaluation, objective);
  return metrics !== undefined && objective.violation(metrics) === 0 ? metrics : undefined;
}
