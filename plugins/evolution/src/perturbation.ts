import type { Objective, SamplerRecipe, SearchSpace, Stream } from '@archer-nas/core';
import { evolve } from './engine.ts';
import { type Genes, geneSpace, mutate } from './genes.ts';
import { byFitness, type Individual, isFitter, requireFitness } from './individual.ts';
import type { Scheme } from './scheme.ts';

const NAME = 'perturbation';

/** See the plugin's options. */
export interface PerturbationOptions {
  readonly random: number;
  readonly perturbed: number;
  readonly chain: number;
  /** Probability with which an element is drawn anew. */
  readonly probability: number;
}

/**
 * The search of SMASH (Brock et al., ICLR 2018): random architectures, then perturbations of the best of
 * them, then a chain that moves from the best so far to each perturbation of it that is better.
 */
export function perturbation(options: PerturbationOptions): SamplerRecipe {
  return evolve({
    name: NAME,
    pace: 'generational',
    evaluations: options.random + options.perturbed + options.chain,
    scheme: (space, objective) => chained(options, space, objective),
  });
}

function chained<A>(
  { random, perturbed, chain, probability }: PerturbationOptions,
  space: SearchSpace<A>,
  objective: Objective,
): Scheme<A> {
  requireFitness(NAME, objective);
  const { decisions, toGenes, fromGenes } = geneSpace(NAME, space);
  const isFixed = decisions.every(({ options = [] }) => options.length === 1);
  /** Each element anew with the probability; again until one is another. */
  const changed = (genes: Genes, stream: Stream): Genes => {
    for (;;) {
      const child = mutate(genes, decisions, probability, stream);
      if (isFixed || child.some((gene, i) => gene !== genes[i])) return child;
    }
  };
  return {
    breed(brood, stream) {
      const { population, proposed } = brood;
      if (proposed === random + perturbed + chain) return undefined;
      const children = proposed < random ? random : proposed < random + perturbed ? perturbed : 1;
      // Without a base, as where all have failed, random ones go on.
      const base = population.length === 0 ? undefined : population.at(0);
      for (let i = 0; i < children; i++) {
        if (proposed < random || base === undefined) brood.bear(space.sample(stream));
        else brood.bear(fromGenes(changed(toGenes(base.architecture), stream)), base.number);
      }
      return undefined;
    },
    survive([base], newcomers) {
      const best = byFitness(newcomers)[0] as Individual<A>; // called with at least one
      return [base === undefined || isFitter(best, base) ? best : base];
    },
  };
}
