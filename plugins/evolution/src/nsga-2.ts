import {
  crowdingDistances,
  nonDominatedFronts,
  type Objective,
  type SamplerRecipe,
  type SearchSpace,
  type Stream,
} from '@archer-nas/core';
import { collect } from './attempts.ts';
import { evolve } from './engine.ts';
import {
  crossover,
  type GeneSpace,
  type Genes,
  geneSpace,
  mutateOther,
  twoPoint,
} from './genes.ts';
import type { Individual } from './individual.ts';
import { bearAll, type Child, type Scheme } from './scheme.ts';

const NAME = 'nsga-2';

/** See the plugin's options. */
export interface Nsga2Options {
  readonly population: number;
  readonly offspring: number;
  readonly crossover: 'uniform' | 'two-point';
  readonly crossoverRate: number;
  /** Default: one decision of each child, on average. */
  readonly mutationRate?: number | undefined;
  /** Attempts for each child that is new. */
  readonly attempts: number;
}

/** An individual with its place: a smaller front is better, then a larger distance. */
interface Ranked<A> {
  readonly one: Individual<A>;
  readonly front: number;
  readonly distance: number;
}

/** NSGA-II (Deb et al., 2002), the search of NSGA-Net (Lu et al., GECCO 2019). */
export function nsga2(options: Nsga2Options): SamplerRecipe {
  return evolve({
    name: NAME,
    prefix: 'nsga',
    pace: 'generational',
    scheme: (space, objective) => sortedAndCrowded(options, space, objective),
  });
}

function sortedAndCrowded<A>(
  options: Nsga2Options,
  space: SearchSpace<A>,
  objective: Objective,
): Scheme<A> {
  const genes = geneSpace(NAME, space);
  const { population: size, offspring, attempts } = options;
  return {
    breed(brood, stream) {
      const ranked = rank(brood.population.all(), objective);
      const isFirst = brood.generation === 0 || ranked.length === 0;
      const draw = (): Child<A> => {
        if (isFirst) return { architecture: space.sample(stream) };
        const [a, b] = [select(ranked, stream), select(ranked, stream)];
        const child = vary(a, b, genes, options, stream);
        return { architecture: genes.fromGenes(child), parent: a };
      };
      const wanted = isFirst ? size : offspring;
      const isNew = ({ architecture }: Child<A>): boolean => brood.claim(architecture);
      return bearAll(brood, collect(wanted, attempts, draw, isNew));
    },
    // Merge, keep by front and crowding.
    survive: (population, newcomers) =>
      rank([...population, ...newcomers], objective)
        .slice(0, size)
        .map(({ one }) => one),
  };
}

/** Front after front, each by falling crowding distance; of equals the older first. */
export function rank<A>(
  population: readonly Individual<A>[],
  objective: Objective,
): readonly Ranked<A>[] {
  const at = (i: number): Individual<A> => population[i] as Individual<A>;
  const fronts = nonDominatedFronts(population.length, (i, j) =>
    objective.compare(at(i).outcome.metrics, at(j).outcome.metrics),
  );
  return fronts.flatMap((places, front) => {
    const points = places.map(
      (i) => objective.metrics.map(({ name }) => at(i).outcome.metrics[name] as number), // all are numbers
    );
    const distances = crowdingDistances(points);
    const ranked = places.map((i, k) => ({ one: at(i), front, distance: distances[k] as number }));
    return ranked.sort((a, b) => (a.distance === b.distance ? 0 : b.distance - a.distance));
  });
}

/** Binary tournament: the front first, then crowding, then a coin: who was drawn first. */
function select<A>(ranked: readonly Ranked<A>[], stream: Stream): Individual<A> {
  const [a, b] = [stream.pick(ranked), stream.pick(ranked)];
  if (a.front !== b.front) return a.front < b.front ? a.one : b.one;
  return b.distance > a.distance ? b.one : a.one;
}

function vary<A>(
  a: Individual<A>,
  b: Individual<A>,
  { decisions, toGenes }: GeneSpace<A>,
  options: Nsga2Options,
  stream: Stream,
): Genes {
  const [first, second] = [toGenes(a.architecture), toGenes(b.architecture)];
  const { crossoverRate, mutationRate = 1 / decisions.length } = options;
  const cross = options.crossover === 'uniform' ? crossover : twoPoint;
  const child = stream.float() < crossoverRate ? cross(first, second, stream) : first;
  return mutateOther(child, decisions, mutationRate, stream);
}
