import type { State, Streams } from '@archer-nas/core';
import type { BatchSource, Model, Modifier, Network, RelaxationRecipe, Rows } from '@archer-nas/nn';
import type { BilevelOptions } from './options.ts';
import type { SavedWeights } from './weights.ts';

/** What a training is made of. */
export interface TrainingParts {
  readonly network: Model | Network;
  /** The batches of a split, which the training then owns. */
  batches(split: 'train' | 'valid', saved?: State): BatchSource;
  readonly relaxation: RelaxationRecipe;
  readonly modifiers: readonly Modifier[];
  readonly options: BilevelOptions;
  readonly streams: Streams;
  /** Counted from 0. */
  readonly stage: number;
  kept(rows: Rows): readonly string[];
  /** Weights to begin with, by parameter name; absent: drawn. */
  readonly inherited?: State | undefined;
}

/** The state of a training. */
export interface SavedTraining extends SavedWeights {
  readonly done: number;
  readonly relaxation: State;
  readonly statistics: State;
  /** Of the batches, where they have one. */
  readonly train: State;
  readonly valid: State;
  /** By position in `with`; `null` for modifiers without a state. */
  readonly modifications: readonly State[];
}
