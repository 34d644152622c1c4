import type { Stream } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';

/**
 * Zeros with probability `rate`, else 1/(1 − rate): multiplied with values whose mean it keeps.
 * The same mask at every step of a window makes dropout variational (Gal and Ghahramani, 2016).
 */
export function dropoutMask(shape: readonly number[], rate: number, stream: Stream): tf.Tensor {
  const kept = 1 / (1 - rate);
  const size = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from({ length: size }, () => (stream.float() < rate ? 0 : kept));
  return tf.tensor(values, [...shape]);
}
