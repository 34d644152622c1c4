import {
  ArcherError,
  EXIT,
  type Objective,
  type SamplerRecipe,
  type SearchSpace,
  type Stream,
} from '@archer-nas/core';
import { evolve } from './engine.ts';
import { byFitness, type Individual, isFitter, requireFitness } from './individual.ts';
import type { Scheme } from './scheme.ts';
import { mutationOf } from './variation.ts';

const NAME = 'one-plus-lambda';

/** See the plugin's options. */
export interface OnePlusLambdaOptions {
  readonly lambda: number;
  /** Who is the next parent where parent and best child are equal. */
  readonly ties: 'child' | 'parent';
  /** Whether genes without effect are told from others by the space's canonical form. */
  readonly neutral: boolean;
  /** Mutations that are tried for one that changes the network, or does not. */
  readonly attempts: number;
}

/**
 * (1 + λ) evolution with neutral drift, as CGP-CNN searches (Suganuma et al., GECCO 2017): a
 * child as good as the parent replaces it, so that genes without effect change freely.
 */
export function onePlusLambda(options: OnePlusLambdaOptions): SamplerRecipe {
  return evolve({
    name: NAME,
    prefix: 'opl',
    pace: 'generational',
    scheme: (space, objective) => oneParent(options, space, objective),
  });
}

function oneParent<A>(
  { lambda, ties, neutral, attempts }: OnePlusLambdaOptions,
  space: SearchSpace<A>,
  objective: Objective,
): Scheme<A> {
  requireFitness(NAME, objective);
  const mutate = mutationOf(NAME, space);
  const phenotype = neutral ? canonicalOf(space) : undefined;
  /** Mutates until the network is another one, or, for drift, the same one. */
  const until = (wanted: 'other' | 'same', a: A, stream: Stream): A => {
    if (phenotype === undefined) return wanted === 'same' ? a : mutate(a, stream);
    const form = phenotype(a);
    let child = a;
    for (let attempt = 0; attempt < attempts; attempt++) {
      child = mutate(a, stream);
      if ((phenotype(child) === form) === (wanted === 'same')) return child;
    }
    return wanted === 'same' ? a : child;
  };
  return {
    breed(brood, stream) {
      const { population } = brood;
      if (population.length === 0) return brood.bear(space.sample(stream));
      const evaluated = population.at(0);
      // The parent drifts, and is not evaluated again: the network is the same.
      const architecture = until('same', evaluated.architecture, stream);
      population.become([{ ...evaluated, architecture }]);
      for (let i = 0; i < lambda; i++) {
        brood.bear(until('other', architecture, stream), evaluated.number);
      }
      return undefined;
    },
    survive([parent], newcomers) {
      const best = byFitness(newcomers)[0] as Individual<A>; // called with at least one
      if (parent === undefined || isFitter(best, parent)) return [best];
      return [ties === 'child' && !isFitter(parent, best) ? best : parent];
    },
  };
}

function canonicalOf<A>(space: SearchSpace<A>): (a: A) => string {
  const { canonical } = space;
  if (canonical) return (a) => canonical.call(space, a);
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    `${NAME}: ${space.name} does not say which genes are without effect`,
    { hint: 'Leave `neutral` out.', exit: EXIT.manifest },
  );
}
