import type { DataSet, Progress, Report, State, Streams, TextData } from '@archer-nas/core';
import type { GradientOptions, LossAndGradients } from './gradients.ts';
import type { AnyBatch, Model } from './model.ts';
import type { Network, ParameterSpec, Path, Site, SupernetTask } from './network.ts';
import type { ParameterStore } from './parameter-store.ts';

/**
 * Makes what stands for the gradient of a path's loss in the update of shared weights; what a plugin
 * of kind `gradient` creates. Without one it is the gradient itself.
 */
export interface GradientRecipe {
  /** What the supernet is to be built with for it; absent: nothing. */
  readonly supernet?: Pick<SupernetTask, 'sets'>;
  /** Parameters of its own, which the optimiser trains with the supernet's; absent: none. */
  parameters?(sites: readonly Site[]): readonly ParameterSpec[];
  begin(context: GradientContext, saved?: State): PathGradients;
}

/** What gradients are taken of. */
export interface GradientContext {
  readonly network: Model | Network;
  /** Read; written at most when an epoch ends. */
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
  /** Which path of the network an architecture's stands for in scoring; absent: that path. */
  scored?(path: Path): Path;
  /** An epoch has ended. */
  advance?(epoch: Progress): Report;
  readonly state: State;
  /** What it has to say of the whole training: metrics of the search's result. */
  readonly metrics?: Readonly<Record<string, number>>;
  dispose?(): void;
}
