import { createStreams, type Search, type TensorState } from '@archer-nas/core';
import type { tf } from '@archer-nas/engine';
import type { BilevelStep, Mixture, Modification, Modifier } from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { type BilevelParts, type BilevelViews, bilevel } from '../bilevel.ts';
import { bilevelOptions } from '../options.ts';
import { toyData, toyRelaxation, toySpace } from './toy-mixture.ts';

/** A search of the toys, but for the parts that are given; two epochs, unless told otherwise. */
export function toySearch(
  parts: Partial<BilevelParts<Bits>>,
  options: object = {},
): Promise<Search<Bits>> {
  const toys = { space: toySpace(), data: toyData(), relaxation: toyRelaxation, modifiers: [] };
  return bilevel<Bits>(bilevelOptions.parse({ epochs: 2, ...options }), {
    ...toys,
    ...parts,
  }).begin({ streams: createStreams(5) });
}

/** A modifier whose part has these hooks. */
export const hooked = (hooks: Partial<Modification>): Modifier => ({
  begin: () => ({ state: null, ...hooks }),
});

/** Looks at every step before its weights move. */
export const looking = (
  look: (mixture: Mixture, at: BilevelStep) => void,
  more: Partial<Modifier> = {},
): Modifier => ({
  ...more,
  weightMixture: (mixture, at) => {
    look(mixture, at);
    return mixture;
  },
});

/** The views of a bilevel search, which change with the stage. */
export const viewsOf = (search: Search<Bits>) => search.views as unknown as BilevelViews<Bits>;

/** All numbers of some tensors, in the order of their names. */
export function flat(tensors: ReadonlyMap<string, tf.Tensor>): number[] {
  const names = [...tensors.keys()].sort();
  return names.flatMap((name) => [...(tensors.get(name)?.dataSync() ?? [])]);
}

/** What the training of a search has saved. */
export function trainingOf(search: Search<Bits>): {
  readonly parameters: Readonly<Record<string, TensorState>>;
  readonly statistics: Readonly<Record<string, SavedStatistics>>;
} {
  return (search.state as never as { course: { training: never } }).course.training;
}

/** Of one batch norm. */
interface SavedStatistics {
  readonly mean: TensorState;
  readonly variance: TensorState;
  readonly batches: number;
}
