import { type DataSet, isTextData, type TextData } from '@archer-nas/core';
import {
  checkExtras,
  type GradientRecipe,
  type LanguageSpace,
  type Model,
  type Network,
  type NetworkSpace,
  type WeightsRecipe,
  withMadeWeights,
} from '@archer-nas/nn';
import type { OneShotOptions } from './options.ts';

/** What a supernet is made of. */
interface Of<A> {
  readonly space: NetworkSpace<A> | LanguageSpace<A>;
  readonly data: DataSet | TextData;
  readonly gradient?: GradientRecipe | undefined;
  readonly weights?: WeightsRecipe | undefined;
}

/**
 * The supernet of a space for data: they require each other's kind, so that a manifest cannot mix
 * them.
 * @throws ArcherError `ARCHER_CAPABILITY` where the training asks for what it has no place for
 */
export function supernetOf<A>(
  { space, data, gradient, weights }: Of<A>,
  options: OneShotOptions,
): Model | Network {
  if (isTextData(data)) {
    return (space as LanguageSpace<A>).supernet({ vocabulary: data.vocabulary.length });
  }
  const auxiliary = (options.auxiliary ?? 0) > 0;
  const task = {
    ...{ classes: data.classes, image: data.image, ...(auxiliary && { auxiliary }) },
    ...gradient?.supernet,
  };
  const network = (space as NetworkSpace<A>).supernet(task);
  checkExtras(network, options, `The supernet of ${space.name} has`);
  return weights ? withMadeWeights(network, weights.begin(network)) : network;
}
