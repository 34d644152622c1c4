import type { tf } from './repaired.ts';

/** Updates and statistics that an engine may compute in one kernel each; not differentiable. */
export interface FusedUpdates {
  /**
   * One step of Adam for each parameter, as PyTorch defines it: ε is added to the corrected root,
   * the moments start at zero. Clones that were made of a variable before are invalid afterwards.
   */
  adamStep?(parameters: Iterable<AdamParameter>, options: AdamOptions): void;

  /** The L2 norm of each tensor, [tensors]. */
  norms?(tensors: readonly tf.Tensor[]): tf.Tensor1D;

  /** Running moments with a new batch in them: old·(1 − share) + new·share. */
  updateMoments?(running: Moments, batch: Moments, options: RunningShare): Moments;

  /** Mean and biased variance of all values of some batches together. */
  poolMoments?(batches: readonly CountedMoments[]): Moments;
}

/** A parameter of {@link FusedUpdates.adamStep}, its moments and how often it was updated. */
export interface AdamParameter {
  readonly value: tf.Variable;
  /** Running mean of the gradient. */
  readonly first: tf.Variable;
  /** Running mean of the squared gradient. */
  readonly second: tf.Variable;
  readonly gradient: tf.Tensor;
  /** The number of this step, from 1. */
  readonly step: number;
}

/** Settings of {@link FusedUpdates.adamStep}. */
export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** AdamW: the decay shrinks the parameter; otherwise it joins the gradient (L2). */
  readonly decoupled: boolean;
}

/** Mean and variance by channel. */
export interface Moments {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/** Moments of a batch with `count` values per channel; the variance is biased. */
export interface CountedMoments extends Moments {
  readonly count: number;
}

/** How {@link FusedUpdates.updateMoments} weighs the batch. */
export interface RunningShare {
  /** In [0, 1]. */
  readonly share: number;
  /** Multiplies the batch's variance: n/(n − 1) makes a biased one unbiased. */
  readonly unbiased: number;
}

/** The numbers that Adam's update takes, from its settings and the number of the step. */
export function adamCoefficients(
  { learningRate, beta1, beta2, weightDecay, decoupled }: AdamOptions,
  step: number,
): { rate: number; root: number; decay: number; shrink: number } {
  return {
    rate: learningRate / (1 - beta1 ** step),
    root: Math.sqrt(1 - beta2 ** step),
    decay: decoupled ? 0 : weightDecay,
    shrink: decoupled ? 1 - learningRate * weightDecay : 1,
  };
}
