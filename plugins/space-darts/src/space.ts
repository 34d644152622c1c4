import { type ChoiceSpace, choiceSpace } from '@archer-nas/core';

import { canonical } from './canonical.ts';
import { DECISIONS, fromChoices, toChoices } from './choices.ts';
import { formatGenotype, type Genotype, parseGenotype } from './genotype.ts';
import { networkParams, type Skeleton } from './network-params.ts';

/**
 * The cell space of DARTS (Liu et al., ICLR 2019): a normal and a reduction cell, four nodes in
 * each, two operations per node. 180·49⁴ cells, 1.08·10¹⁸ genotypes.
 *
 * @param skeleton whose `params` the space reports
 */
export function dartsSpace(skeleton: Skeleton): ChoiceSpace<Genotype> {
  return choiceSpace<Genotype>({
    name: 'darts',
    decisions: DECISIONS,
    encode: toChoices,
    decode: fromChoices,
    format: formatGenotype,
    parse: parseGenotype,
    canonical,
    costs: {
      names: ['params'],
      of: (genotype) => ({ params: networkParams(genotype, skeleton) }),
    },
  });
}
