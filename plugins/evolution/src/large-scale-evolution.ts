import type { Objective, SamplerRecipe, SearchSpace } from '@archer-nas/core';
import { evolve } from './engine.ts';
import { requireFitness } from './individual.ts';
import { PlaceDraws } from './place-draws.ts';
import type { Scheme } from './scheme.ts';
import { mutationOf } from './variation.ts';

const NAME = 'large-scale-evolution';

/** See the plugin's options. */
export interface LargeScaleOptions {
  readonly population: number;
}

/**
 * Large-scale evolution's selection (Real et al., ICML 2017): of two random individuals the
 * worse is killed and the better has a child. Weight inheritance is an evaluator's business.
 */
export function largeScaleEvolution(options: LargeScaleOptions): SamplerRecipe {
  return evolve({
    name: NAME,
    prefix: 'lse',
    pace: 'steady',
    scheme: (space, objective) => pairwise(options, space, objective),
  });
}

function pairwise<A>(
  { population: size }: LargeScaleOptions,
  space: SearchSpace<A>,
  objective: Objective,
): Scheme<A> {
  requireFitness(NAME, objective);
  const mutate = mutationOf(NAME, space);
  const draws = new PlaceDraws(2);
  return {
    breed(brood, stream) {
      const { population } = brood;
      if (brood.proposed < size) return brood.bear(space.sample(stream));
      // Whoever is killed is missing until the child is evaluated; failed children always.
      if (population.length < 2 && brood.outstanding > 0) return 'wait';
      if (population.length < 2) return brood.bear(space.sample(stream));
      // Of equals the first drawn lives: which of two comes first is as random as a coin.
      const pair = draws.withoutReplacement(population.length, stream);
      const better = population.fittest(pair);
      const worse = better === pair[0] ? pair[1] : pair[0];
      const [parent, number] = [population.architectureAt(better), population.numberAt(better)];
      population.remove(worse as number); // there were two
      return brood.bear(mutate(parent, stream), number);
    },
  };
}
