import type { DataOrder, Report, Sampler, State } from '@archer-nas/core';
import type { Path } from '@archer-nas/nn';
import type { Rewards } from './rewards.ts';

/** Training of shared weights: of one supernet, or of several one after the other. */
export interface OneShotTraining {
  /** Of the supernet in training. */
  readonly paths: Sampler<Path>;
  /** Of the supernet in training; absent for a text, which is read as it is. */
  readonly order: DataOrder | undefined;
  /** Absent where `paths` does not learn from them. */
  readonly rewards: Rewards | undefined;
  /** Steps that are complete. */
  readonly done: number;
  /** Steps of the whole training: of the optimiser, rounds of rewards, steps of splits. */
  readonly total: number;
  /** Those of `total` that are rounds of rewards. */
  readonly rounds: number;
  /** Architectures that were rewarded so far; one counts each time. */
  readonly rewarded: number;
  /** Images, or tokens, of all backward passes of the training. */
  readonly images: number;
  /** What the gradients have to say of the training, for the result. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Scalars of all weights that there are. */
  readonly parameters: number;
  /** One step of `total`. */
  step(): Report;
  readonly state: State;
  dispose(): void;
}
