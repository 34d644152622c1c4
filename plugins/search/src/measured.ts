import {
  ArcherError,
  type CostModel,
  type Evaluation,
  type Evaluator,
  EXIT,
  type MetricSpec,
  mappedEvaluator,
  type Objective,
  singleMetric,
} from '@archer-nas/core';

/** The manifest's objective, or one metric of the evaluator: its first unless named. */
export function objectiveOf(
  evaluator: Evaluator<unknown>,
  {
    objective,
    metric,
  }: { readonly objective?: Objective | undefined; readonly metric?: string | undefined },
): Objective {
  if (objective === undefined) return singleMetric(metricOf(evaluator, metric));
  if (metric === undefined) return objective;
  throw new ArcherError(
    'ARCHER_METRIC',
    `search: the manifest has an objective and the option "metric" ('${metric}')`,
    { hint: 'Leave one of them out.', exit: EXIT.manifest },
  );
}

function metricOf(evaluator: Evaluator<unknown>, name: string | undefined): MetricSpec {
  const names = evaluator.metrics.map((one) => one.name);
  const metric = evaluator.metrics[name === undefined ? 0 : names.indexOf(name)];
  if (metric) return metric;
  throw new ArcherError(
    'ARCHER_METRIC',
    `search: the evaluator does not measure '${name ?? ''}', only ${names.join(', ') || 'nothing'}`,
    { exit: EXIT.manifest },
  );
}

/**
 * The evaluator with those costs of the space that the objective asks for and it does not measure.
 * @throws ArcherError when neither has a metric that the objective asks for
 */
export function withCosts<A>(
  objective: Objective,
  evaluator: Evaluator<A>,
  costs: CostModel<A> | undefined,
): Evaluator<A> {
  const measured = new Set(evaluator.metrics.map(({ name }) => name));
  const asked = [
    ...objective.metrics.map(({ name }) => name),
    ...objective.constraints.map(({ metric }) => metric),
  ];
  const wanted = [...new Set(asked)].filter((name) => !measured.has(name));
  const added = wanted.filter((name) => costs?.names.includes(name));
  // A limit may be on something that an evaluator gives without announcing it: a cost column.
  const must = new Set(objective.metrics.map(({ name }) => name));
  const lacks = wanted.filter((name) => must.has(name) && !added.includes(name));
  if (lacks.length > 0) throw unmeasured(lacks, [...measured], costs?.names ?? []);
  if (added.length === 0 || costs === undefined) return evaluator;
  const completed = (evaluation: Evaluation<A>): Evaluation<A> => {
    if (evaluation.status !== 'final') return evaluation;
    const all = costs.of(evaluation.proposal.architecture);
    const metrics: Record<string, number> = {};
    for (const name of added) metrics[name] = all[name] as number;
    return { ...evaluation, metrics: { ...metrics, ...evaluation.metrics } };
  };
  return mappedEvaluator(evaluator, { evaluation: completed });
}

function unmeasured(
  lacks: readonly string[],
  measured: readonly string[],
  costs: readonly string[],
): ArcherError {
  return new ArcherError(
    'ARCHER_METRIC',
    `search: the objective asks for ${lacks.join(', ')}; the evaluator measures ` +
      `${measured.join(', ') || 'nothing'}, the space counts ${costs.join(', ') || 'nothing'}`,
    { exit: EXIT.manifest },
  );
}
