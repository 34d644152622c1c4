import type { Metrics, Objective, Outcome } from './evaluation.ts';

/**
 * The metrics of an evaluation that may win: final, with a number for everything that the
 * objective looks at. Others are `undefined`.
 */
export function winningMetrics(
  evaluation: Outcome,
  { metrics, constraints }: Pick<Objective, 'metrics' | 'constraints'>,
): Metrics | undefined {
  if (evaluation.status !== 'final') return undefined;
  const known = evaluation.metrics;
  for (const { name } of metrics) if (!isNumber(known[name])) return undefined;
  for (const { metric } of constraints) if (!isNumber(known[metric])) return undefined;
  return known;
}

function isNumber(value: number | undefined): boolean {
  return value !== undefined && !Number.isNaN(value);
}

/** The same of an evaluation that may be a result: within the objective's limits, too. */
export function incumbentMetrics(evaluation: Outcome, objective: Objective): Metrics | undefined {
  const metrics = winningMetrics(evaluation, objective);
  return metrics !== undefined && objective.violation(metrics) === 0 ? metrics : undefined;
}
