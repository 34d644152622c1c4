import type { Stream } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';

/** How outputs of an operation are dropped in training. */
export interface Drop {
  /** Probability of being dropped, in [0, 1); what stays is divided by 1 − rate. */
  readonly rate: number;
  /** What is dropped as one: the maps of an image (drop-path), or each value (dropout). */
  readonly each: 'image' | 'value';
}

/**
 * The stream of an option at a site, or without one of the site: the same in every pass of a step
 * over the same images.
 */
export type Noise = (site: number, option?: number) => Stream;

/** y ⊙ mask / (1 − rate): a new map, or y itself where nothing can be dropped. */
export function dropped(y: tf.Tensor4D, drop: Drop | undefined, stream: () => Stream): tf.Tensor4D {
  if (drop === undefined || drop.rate === 0) return y;
  const [images, height, width, channels] = y.shape;
  const shape: tf.Tensor4D['shape'] =
    drop.each === 'image' ? [images, 1, 1, 1] : [images, height, width, channels];
  const draws = stream();
  const kept = 1 - drop.rate;
  const limit = kept * 2 ** 32;
  const values = new Float32Array(shape.reduce((size, side) => size * side, 1));
  for (let at = 0; at < values.length; at++) values[at] = draws.uint32() < limit ? 1 / kept : 0;
  const mask = tf.tensor4d(values, shape);
  const z = tf.mul<tf.Tensor4D>(y, mask);
  mask.dispose();
  return z;
}
