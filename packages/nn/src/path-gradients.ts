import type { DataSet, Progress, Report, State, Streams, TextData } from '@archer-nas/core';
import type { GradientOptions, LossAndGradients } from './gradients.ts';
import type { AnyBatch, Model } from './model.ts';
import type { Network, Path } from './network.ts';
import type { ParameterStore } from './parameter-store.ts';

/**
 * Makes what stands for the gradient of a path's loss in the update of shared weights; what a plugin
 * of kind `gradient` creates. Without one it is the gradient itself.
 */
export interface GradientRecipe {
  begin(context: GradientContext, saved?: State): PathGradients;
}

/** What gradients are taken of. */
export interface GradientContext {
  readonly network: Model | Network;
  /** Read, never written. */
  readonly store: ParameterStore;
  readonly data: DataSet | TextData;
  readonly streams: Streams;
}

/** The loss of a path, and what its step is to follow instead of the loss's own gradient. */
export interface PathPass extends LossAndGradients {
  /** Backward passes over the batch that this has cost; absent: one. */
  readonly passes?: number;
}

/** What {@link GradientRecipe} makes. */
export interface PathGradients {
  /** Of one path on one batch. The caller disposes the result. */
  of(path: Path, batch: AnyBatch, options: GradientOptions): PathPass;
  /** An epoch has ended. */
  advance?(epoch: Progress): Report;
  readonly state: State;
  /** What it has to say of the whole training: metrics of the search's result. */
  readonly metrics?: Readonly<Record<string, number>>;
  dispose?(): void;
}
