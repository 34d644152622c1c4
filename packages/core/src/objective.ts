import type { Constraint, MetricSpec, Metrics, Objective } from './evaluation.ts';

/**
 * The objective of a search with one metric and no limits. A missing value and NaN are worse
 * than every number.
 */
export function singleMetric(metric: MetricSpec): Objective {
  const sign = metric.direction === 'maximise' ? 1 : -1;
  const scalar = (metrics: Metrics): number => {
    const value = metrics[metric.name];
    return value === undefined || Number.isNaN(value) ? Number.NEGATIVE_INFINITY : sign * value;
  };
  return {
    metrics: [metric],
    constraints: [],
    scalar,
    violation: () => 0,
    compare: (a, b) => compareNumbers(scalar(a), scalar(b)),
  };
}

/** -1 when `a` is larger, 1 when `b` is, 0 when they are equal; NaN is smaller than any number. */
export function compareNumbers(a: number, b: number): -1 | 0 | 1 {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  return a > b || Number.isNaN(b) ? -1 : 1;
}

/**
 * Σ of how far each limit is missed, as a share of the limit (absolute where the limit is
 * 0): 0 when all are kept, infinite when a limited metric was not measured. Deb, "An efficient
 * constraint handling method for genetic algorithms", CMAME 2000, with normalised constraints.
 */
export function violationOf(constraints: readonly Constraint[], metrics: Metrics): number {
  let sum = 0;
  for (const { metric, at, limit } of constraints) {
    const value = metrics[metric];
    if (value === undefined || Number.isNaN(value)) return Number.POSITIVE_INFINITY;
    const missed = at === 'most' ? value - limit : limit - value;
    if (missed > 0) sum += missed / (Math.abs(limit) || 1);
  }
  return sum;
}
