import type { Stream } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';

/** A map of N(0, 1), value by value from the stream; no gradient passes through it. */
export function normalMap(shape: tf.Tensor4D['shape'], stream: Stream): tf.Tensor4D {
  const values = new Float32Array(shape.reduce((size, side) => size * side, 1));
  for (let at = 0; at < values.length; at++) values[at] = stream.normal();
  return tf.tensor4d(values, shape);
}
