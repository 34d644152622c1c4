import {
  ArcherError,
  type Evaluation,
  EXIT,
  type Metrics,
  type Objective,
  type SearchSpace,
  type State,
  winningMetrics,
} from '@archer-nas/core';

/** An evaluated architecture that may have children. */
export interface Individual<A> {
  /** Of its proposal. */
  readonly id: string;
  readonly architecture: A;
  readonly metrics: Metrics;
  /** How far limits are missed; less is better than any fitness. */
  readonly violation: number;
  /** The one number that is maximised; NaN where the objective has none. */
  readonly fitness: number;
}

/** Evaluations as individuals; failures, and those that lack a number, are `undefined`. */
export function individuals<A>(
  objective: Objective,
): (evaluation: Evaluation<A>) => Individual<A> | undefined {
  const limited = objective.constraints.length > 0;
  return (evaluation) => {
    const metrics = winningMetrics(evaluation, objective);
    if (metrics === undefined) return undefined;
    const { id, architecture } = evaluation.proposal;
    const violation = limited ? objective.violation(metrics) : 0;
    const fitness = objective.scalar ? objective.scalar(metrics) : Number.NaN;
    return { id, architecture, metrics, violation, fitness };
  };
}

/** Whether `a` is strictly better, of individuals with a fitness. */
export function isFitter(a: Individual<unknown>, b: Individual<unknown>): boolean {
  if (a.violation !== b.violation) return a.violation < b.violation;
  return a.fitness > b.fitness;
}

/** The best first; of equals, the one that came first. Leaves its argument as it is. */
export function byFitness<A>(individuals: readonly Individual<A>[]): Individual<A>[] {
  return [...individuals].sort((a, b) => {
    if (isFitter(a, b)) return -1;
    return isFitter(b, a) ? 1 : 0;
  });
}

/** @throws ArcherError where what is searched for is not one number */
export function requireFitness(name: string, objective: Objective): void {
  if (objective.scalar) return;
  const metrics = objective.metrics.map((metric) => metric.name).join(', ');
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    `${name} maximises one number; the objective has ${metrics}, and nothing to weigh them by`,
    { hint: 'Use nsga-2, or an objective that gives a reward.', exit: EXIT.manifest },
  );
}

/** An individual as state; what the objective says of it is computed again. */
export function saveIndividual<A>(
  space: SearchSpace<A>,
  { id, architecture, metrics }: Individual<A>,
) {
  return { id, architecture: space.format(architecture), metrics };
}

/** Inverse of {@link saveIndividual}. */
export function loadIndividual<A>(
  space: SearchSpace<A>,
  objective: Objective,
  saved: State,
): Individual<A> {
  const { id, architecture, metrics } = saved as {
    readonly id: string;
    readonly architecture: string;
    readonly metrics: Metrics;
  };
  const proposal = { id, architecture: space.parse(architecture) };
  const made = individuals<A>(objective)({ proposal, metrics, cost: {}, status: 'final' });
  return made as Individual<A>; // only those that had all numbers were saved
}
