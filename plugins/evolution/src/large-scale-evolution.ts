import type { Objective, SamplerRecipe, SearchSpace } from '@archer-nas/core';
import { evolve, type Scheme } from './engine.ts';
import { type Individual, isFitter, requireFitness } from './individual.ts';
import { PlaceDraws } from './tournament.ts';
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
      const [first, second] = draws.withoutReplacement(population.length, stream) as unknown as [
        number,
        number,
      ];
      const { better, worse } = fight(population, first, second);
      const parent = population[better] as Individual<A>;
      population.splice(worse, 1);
      return brood.bear(mutate(parent.architecture, stream), parent);
    },
    survive(population, newcomers) {
      population.push(...newcomers);
      return population;
    },
  };
}

/** Of equals the first drawn lives: which of two comes first is as random as a coin. */
function fight(population: readonly Individual<unknown>[], first: number, second: number) {
  const a = population[first] as Individual<unknown>;
  const b = population[second] as Individual<unknown>;
  return isFitter(b, a) ? { better: second, worse: first } : { better: first, worse: second };
}
