import {
  type Constraint,
  compareNumbers,
  type MetricSpec,
  type Metrics,
  type Objective,
  violationOf,
} from '@archer-nas/core';

/** What {@link scalarised} makes an objective of. */
export interface Scalarisation {
  readonly metrics: readonly MetricSpec[];
  /** Hard limits: an architecture that misses them loses against every other. */
  readonly constraints: readonly Constraint[];
  /** The reward, larger is better; only called with numbers for all metrics. */
  readonly reward: (values: Metrics) => number;
}

/**
 * One number out of several metrics. A missing value and NaN are worse than every number;
 * less violation of the hard limits is better than any reward.
 */
export function scalarised({ metrics, constraints, reward }: Scalarisation): Objective {
  const scalar = (values: Metrics): number => {
    const complete = metrics.every(({ name }) => !Number.isNaN(values[name] ?? Number.NaN));
    return complete ? reward(values) : Number.NEGATIVE_INFINITY;
  };
  return {
    metrics,
    constraints,
    scalar,
    violation: (values) => violationOf(constraints, values),
    compare: (a, b) => {
      const byLimits = compareNumbers(violationOf(constraints, b), violationOf(constraints, a));
      return byLimits !== 0 ? byLimits : compareNumbers(scalar(a), scalar(b));
    },
  };
}
