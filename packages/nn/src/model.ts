import type { State } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { type Batch, passOver } from './batches.ts';
import { type CrossEntropy, type CrossEntropyOptions, crossEntropy } from './cross-entropy.ts';
import type { Forward, Gate, Network, ParameterSpec, Site } from './network.ts';

/** A batch of any kind of data; the model that it is for knows what else it has. */
export interface AnyBatch {
  /** Labelled samples: images, or tokens that are predicted. */
  readonly size: number;
  dispose(): void;
}

/** How a loss is computed. */
export interface ModelLossOptions extends CrossEntropyOptions {
  /** Weight of the auxiliary head's cross-entropy, which is added to `mean`; absent: none. */
  readonly auxiliary?: number;
}

/** A model's loss on one batch; only `mean` is differentiable. */
export interface Outcome extends CrossEntropy {
  /** What the next batch of the same streams begins with, where the model remembers. */
  readonly carried?: tf.Tensor;
}

/** What gradients are taken of: sites, parameters, and a loss on batches of its own kind. */
export interface Model {
  readonly sites: readonly Site[];
  readonly parameters: readonly ParameterSpec[];
  /** @param gates one per site */
  loss(
    batch: AnyBatch,
    gates: readonly Gate[],
    forward: Forward,
    options?: ModelLossOptions,
  ): Outcome;
}

/** An image network as a model: the cross-entropy of its logits. */
export function modelOf(network: Model | Network): Model {
  if ('loss' in network) return network;
  const { sites, parameters } = network;
  return {
    sites,
    parameters,
    loss: (batch: Batch, gates, forward, { auxiliary = 0, ...options } = {}) => {
      const { images, labels } = batch;
      const pass = passOver(batch, forward);
      if (auxiliary === 0) {
        return crossEntropy(network.forward(images, gates, pass), labels, options);
      }
      let second: tf.Tensor2D | undefined;
      const take = (logits: tf.Tensor2D): void => {
        second = logits;
      };
      const logits = network.forward(images, gates, { ...pass, auxiliary: take });
      const main = crossEntropy(logits, labels, options);
      if (second === undefined) throw new Error('The network has no auxiliary head.');
      const weighted = tf.mul(crossEntropy(second, labels, options).mean, auxiliary);
      return { ...main, mean: tf.add<tf.Scalar>(main.mean, weighted) };
    },
  };
}

/** The batches of a split, pass after pass: a function of the step, and of what is carried. */
export interface BatchSource {
  /** Batches of one pass. */
  readonly length: number;
  /** Labelled samples of one pass. */
  readonly size: number;
  /** The batch of a step, counted over all passes. The caller disposes it. */
  at(step: number): AnyBatch;
  /** Takes a copy of what the model has carried out of the batch that was read last. */
  carry?(carried: tf.Tensor): void;
  /** Absent where batches depend on the step alone. */
  readonly state?: State;
  dispose?(): void;
}
