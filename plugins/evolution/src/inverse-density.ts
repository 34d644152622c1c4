import {
  ArcherError,
  type CostModel,
  EXIT,
  nonDominatedFronts,
  type Objective,
  type SamplerRecipe,
  type SearchSpace,
  type Stream,
} from '@archer-nas/core';
import { collect } from './attempts.ts';
import { inverseProbabilities, kernelDensity, minMaxScaled } from './density.ts';
import { evolve } from './engine.ts';
import type { Individual } from './individual.ts';
import { type Brood, bearAll, type Child, type Scheme } from './scheme.ts';
import { mutationOf } from './variation.ts';

const NAME = 'inverse-density';

/** See the plugin's options. */
export interface InverseDensityOptions {
  readonly initial: number;
  /** n_pc of the paper. */
  readonly children: number;
  /** n_ac of the paper. */
  readonly accepted: number;
  readonly bandwidth: number;
  /** Default: the costs of the space that are metrics of the objective. */
  readonly costs?: readonly string[] | undefined;
  readonly attempts: number;
}

/**
 * LEMONADE's sampling (Elsken et al., ICLR 2019): the population is the front; parents, and
 * which children are worth an evaluation, are drawn where the front is sparse in the costs.
 * Inheritance of weights is an evaluator's business.
 */
export function inverseDensity(options: InverseDensityOptions): SamplerRecipe {
  return evolve({
    name: NAME,
    prefix: 'lemonade',
    pace: 'generational',
    scheme: (space, objective) => sparse(options, space, objective),
  });
}

function sparse<A>(
  options: InverseDensityOptions,
  space: SearchSpace<A>,
  objective: Objective,
): Scheme<A> {
  const mutate = mutationOf(NAME, space);
  const costsOf = cheapCosts(options.costs, space, objective);
  const { initial, children, accepted, bandwidth, attempts } = options;
  type Member = Pick<Individual<A>, 'architecture'>;
  /** Probabilities ∝ 1 / p_KDE of the costs, of which the front's go from 0 to 1. */
  const sparseness = (members: readonly Member[], front: readonly Member[]): number[] => {
    const places = (some: readonly Member[]) => some.map((one) => costsOf(one.architecture));
    const range = places(front);
    const [points, at] = [minMaxScaled(range, range), minMaxScaled(places(members), range)];
    return inverseProbabilities(kernelDensity(points, at, bandwidth));
  };
  /** Different children of the front that nobody has evaluated. */
  const litterOf = (front: readonly Individual<A>[], brood: Brood<A>, stream: Stream) => {
    const weights = sparseness(front, front); // P(parent) ∝ 1 / p_KDE(its costs)
    const seen = new Set<string>();
    const draw = (): Child<A> => {
      const parent = front[stream.weighted(weights)] as Individual<A>;
      return { architecture: mutate(parent.architecture, stream), parent };
    };
    return collect(children, attempts, draw, ({ architecture }) => {
      const id = space.id(architecture);
      return !brood.isTaken(architecture) && !seen.has(id) && seen.add(id) !== undefined;
    });
  };
  return {
    breed(brood, stream) {
      const front = brood.population.all();
      const claim = ({ architecture }: Child<A>): boolean => brood.claim(architecture);
      const random = (wanted: number): Child<A>[] =>
        collect(wanted, attempts, () => ({ architecture: space.sample(stream) }), claim);
      if (front.length === 0) return bearAll(brood, random(initial));
      const litter = litterOf(front, brood, stream);
      // Where the front has no unevaluated child left, it may be elsewhere.
      if (litter.length === 0) return bearAll(brood, random(accepted));
      // P(accepted) ∝ 1 / p_KDE(its costs), without replacement
      const order = drawWithout(sparseness(litter, front), stream);
      const chosen = order.slice(0, accepted).map((i) => litter[i] as Child<A>);
      return bearAll(brood, chosen.filter(claim));
    },
    survive(population, newcomers) {
      const all = [...population, ...newcomers];
      const at = (i: number) => (all[i] as Individual<A>).outcome.metrics;
      const [front = []] = nonDominatedFronts(all.length, (i, j) =>
        objective.compare(at(i), at(j)),
      );
      return front.map((i) => all[i] as Individual<A>);
    },
  };
}

/** All places in an order in which each next one is drawn by weight from those that are left. */
function drawWithout(weights: readonly number[], stream: Stream): number[] {
  const left = [...weights];
  return weights.map(() => {
    const place = stream.weighted(left);
    left[place] = 0;
    return place;
  });
}

/** Costs that need no training. @throws ArcherError when there are none */
function cheapCosts<A>(
  asked: readonly string[] | undefined,
  space: SearchSpace<A>,
  objective: Objective,
): (a: A) => number[] {
  const known = space.costs?.names ?? [];
  const names = asked ?? objective.metrics.map(({ name }) => name).filter((n) => known.includes(n));
  const missing = names.filter((name) => !known.includes(name));
  if (names.length > 0 && missing.length === 0) {
    const { of } = space.costs as CostModel<A>; // it has names
    return (a) => {
      const costs = of(a);
      return names.map((name) => costs[name] as number);
    };
  }
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    `${NAME} needs a cost that is known without training; ${space.name} has ` +
      `${known.join(', ') || 'none'}, asked for: ${names.join(', ') || 'none of the objective'}`,
    { hint: 'Name some under `costs`, or in the objective.', exit: EXIT.manifest },
  );
}
