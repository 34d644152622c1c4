import type { Objective, SamplerRecipe, SearchSpace } from '@archer-nas/core';
import { evolve } from './engine.ts';
import { requireFitness } from './individual.ts';
import { PlaceDraws } from './place-draws.ts';
import type { Scheme } from './scheme.ts';
import { mutationOf } from './variation.ts';

const NAME = 'regularised-evolution';

/** See the plugin's options. */
export interface RegularisedOptions {
  /** P of the paper. */
  readonly population: number;
  /** S of the paper. */
  readonly sample: number;
  /** Whether an individual may be drawn twice into a tournament. */
  readonly replacement: boolean;
}

/** Regularised (ageing) evolution: Real et al., AAAI 2019, algorithm 1. */
export function regularisedEvolution(options: RegularisedOptions): SamplerRecipe {
  const own = { ...options, draws: new PlaceDraws(options.sample) };
  return evolve({
    name: NAME,
    prefix: 'rea',
    pace: 'steady',
    population: options.population + 1, // the child, before the oldest dies
    scheme: (space, objective) => ageing(own, space, objective),
  });
}

function ageing<A>(
  { population: size, replacement, draws }: RegularisedOptions & { readonly draws: PlaceDraws },
  space: SearchSpace<A>,
  objective: Objective,
): Scheme<A> {
  requireFitness(NAME, objective);
  const mutate = mutationOf(NAME, space);
  return {
    breed(brood, stream) {
      const { population } = brood;
      const isEmpty = population.length === 0;
      // Only where every individual failed: none is a parent.
      if (isEmpty && brood.proposed >= size && brood.outstanding > 0) return 'wait';
      // while |population| < P: a random architecture
      if (isEmpty || brood.proposed < size) return brood.bear(space.sample(stream));
      // parent = the highest-accuracy model of a sample of S
      const places = replacement
        ? draws.withReplacement(population.length, stream)
        : draws.withoutReplacement(population.length, stream);
      const parent = population.fittest(places);
      const child = mutate(population.architectureAt(parent), stream);
      return brood.bear(child, population.numberAt(parent));
    },
    age(population) {
      // The child was added to the right of the population; remove dead from left.
      while (population.length > size) population.removeOldest();
    },
  };
}
