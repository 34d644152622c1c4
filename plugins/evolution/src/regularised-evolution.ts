import type { Objective, SamplerRecipe, SearchSpace } from '@archer-nas/core';
import { evolve, type Scheme } from './engine.ts';
import { type Individual, isFitter, requireFitness } from './individual.ts';
import { PlaceDraws } from './tournament.ts';
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
  return evolve({
    name: NAME,
    prefix: 'rea',
    pace: 'steady',
    scheme: (space, objective) => ageing(options, space, objective),
  });
}

function ageing<A>(
  { population: size, sample, replacement }: RegularisedOptions,
  space: SearchSpace<A>,
  objective: Objective,
): Scheme<A> {
  requireFitness(NAME, objective);
  const mutate = mutationOf(NAME, space);
  const draws = new PlaceDraws(sample);
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
      const parent = fittest(population, places);
      return brood.bear(mutate(parent.architecture, stream), parent);
    },
    survive(population, newcomers) {
      // add child to right of population; remove dead from left
      for (const one of newcomers) population.push(one);
      while (population.length > size) population.shift();
      return population;
    },
  };
}

/** The best of those at `places`, of equals the first drawn. */
function fittest<A>(population: readonly Individual<A>[], places: Int32Array): Individual<A> {
  let best = population[places[0] as number] as Individual<A>;
  for (let i = 1; i < places.length; i++) {
    const other = population[places[i] as number] as Individual<A>;
    if (isFitter(other, best)) best = other;
  }
  return best;
}
