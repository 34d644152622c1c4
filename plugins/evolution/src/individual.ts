import {
  ArcherError,
  EXIT,
  type Merit,
  type Metrics,
  meritOf,
  type Objective,
  type Outcome,
  type SearchSpace,
  type State,
} from '@archer-nas/core';

/** An evaluated architecture that may have children. */
export interface Individual<A> extends Readonly<Merit> {
  /** Of its proposal. */
  readonly number: number;
  readonly architecture: A;
  readonly outcome: Outcome;
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
  { number, architecture, outcome }: Individual<A>,
) {
  return { number, architecture: space.format(architecture), metrics: outcome.metrics };
}

/** Inverse of {@link saveIndividual}. */
export function loadIndividual<A>(
  space: SearchSpace<A>,
  objective: Objective,
  saved: State,
): Individual<A> {
  const { number, architecture, metrics } = saved as {
    readonly number: number;
    readonly architecture: string;
    readonly metrics: Metrics;
  };
  // Only those that had all numbers were saved.
  const outcome = { metrics, cost: {}, status: 'final' } as const;
  const merit = meritOf(outcome, objective);
  return { number, architecture: space.parse(architecture), outcome, ...merit };
}
