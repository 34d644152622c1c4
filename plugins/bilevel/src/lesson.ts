import type { DataSet, State, Streams } from '@archer-nas/core';
import {
  type BatchSource,
  type MixtureSpace,
  type Model,
  type Modifier,
  type Network,
  type ParameterStore,
  type SupernetViews,
  supernetViews,
} from '@archer-nas/nn';
import { EpochBatches } from './epoch-batches.ts';
import { modifiedSupernet } from './modifications.ts';
import type { BilevelOptions } from './options.ts';

/** What a search learns with: a supernet, its batches, and what is shown of its weights. */
export interface Lesson<A> {
  readonly network: Model | Network;
  batches(split: 'train' | 'valid', saved?: State): BatchSource;
  views(store: ParameterStore): SupernetViews<A> & { dispose(): void };
}

/** What a lesson is made of. */
export interface LessonParts<A> {
  readonly space: MixtureSpace<A>;
  readonly data: DataSet;
  readonly modifiers: readonly Modifier[];
  readonly evaluation: BilevelOptions['evaluation'];
  readonly streams: Streams;
}

/** Classifying images. */
export function imageLesson<A>(parts: LessonParts<A>): Lesson<A> {
  const { space, data, modifiers, evaluation: options, streams } = parts;
  const task = { classes: data.classes, image: data.image };
  const network = modifiedSupernet(space, task, modifiers);
  return {
    network,
    batches: (split) => new EpochBatches(data, split, streams),
    views: (store) => supernetViews({ space, data, network, store, options, streams }),
  };
}
