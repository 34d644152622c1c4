import { type ChoiceSpace, choiceSpace } from '@archer-nas/core';

import { everywhere, type Operations } from './candidates.ts';
import { canonical } from './canonical.ts';
import { genotypeChoices } from './choices.ts';
import { draw } from './draw.ts';
import { formatGenotype, type Genotype, OPERATIONS, parseGenotype } from './genotype.ts';
import { imageOf, networkCosts, type Skeleton } from './network-costs.ts';
import { checkImage } from './skeleton.ts';

/**
 * The cell space of DARTS (Liu et al., ICLR 2019): a normal and a reduction cell, four nodes in
 * each, two operations per node. 180·49⁴ cells, 1.08·10¹⁸ genotypes.
 *
 * @param skeleton whose `params` and `macs` the space reports
 */
export function dartsSpace(skeleton: Skeleton): ChoiceSpace<Genotype> {
  return genotypeSpace('darts', everywhere(OPERATIONS), skeleton);
}

/**
 * A space of the same cells whose edges can be what `operations` say, without networks.
 *
 * @throws ArcherError when the skeleton's image cannot be halved as often as its network does
 */
export function genotypeSpace(
  name: string,
  operations: Operations,
  skeleton: Skeleton,
): ChoiceSpace<Genotype> {
  const side = imageOf(skeleton);
  checkImage(skeleton, { height: side, width: side });
  const { decisions, toChoices, fromChoices } = genotypeChoices(operations);
  return choiceSpace<Genotype>({
    name,
    decisions,
    encode: toChoices,
    decode: fromChoices,
    format: formatGenotype,
    parse: parseGenotype,
    canonical,
    draw,
    costs: {
      names: ['params', 'macs'],
      of: (genotype) => ({ ...networkCosts(genotype, skeleton) }),
    },
  });
}
