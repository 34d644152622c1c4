import {
  type Constraint,
  compareNumbers,
  type MetricSpec,
  type Metrics,
  type Objective,
  violationOf,
} from '@archer-nas/core';

/**
 * Several metrics at once: one set of values is better when it is better in some metric and
 * worse in none. Less violation of the limits is better than anything (Deb et al., "A fast
 * and elitist multiobjective genetic algorithm: NSGA-II", TEVC 2002, Definition 1). A missing
 * value and NaN are worse than every number.
 */
export function dominance(
  metrics: readonly MetricSpec[],
  constraints: readonly Constraint[],
  reference?: Metrics,
): Objective {
  return {
    metrics,
    constraints,
    violation: (values) => violationOf(constraints, values),
    compare: (a, b) => {
      const byLimits = compareNumbers(violationOf(constraints, b), violationOf(constraints, a));
      return byLimits !== 0 ? byLimits : dominates(metrics, a, b);
    },
    ...(reference === undefined ? {} : { reference }),
  };
}

function dominates(
  metrics: readonly MetricSpec[],
  a: Metrics,
  b: Metrics,
): ReturnType<Objective['compare']> {
  let order: -1 | 0 | 1 = 0;
  for (const metric of metrics) {
    const one = compareNumbers(goodness(metric, a), goodness(metric, b));
    if (one === 0 || one === order) continue;
    if (order !== 0) return undefined;
    order = one;
  }
  return order;
}

/** The value of a metric, turned so that more is better. */
function goodness({ name, direction }: MetricSpec, values: Metrics): number {
  const value = values[name];
  if (value === undefined || Number.isNaN(value)) return Number.NEGATIVE_INFINITY;
  return direction === 'maximise' ? value : -value;
}
