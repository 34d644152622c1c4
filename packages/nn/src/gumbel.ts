import type { Stream } from '@archer-nas/core';
import type { Rows } from './mixture.ts';
import { softmaxGradientRows, softmaxRows } from './softmax-rows.ts';

/** g = −ln(−ln U) for every entry, U uniform: −∞ where U is 0. */
export function gumbelNoise(like: Rows, stream: Stream): Rows {
  return like.map((row) => row.map(() => -Math.log(-Math.log(stream.float()))));
}

/** A sample of the concrete distribution: softmax((α + g)/τ), by row. */
export function concreteRows(alpha: Rows, noise: Rows, temperature: number): Rows {
  return softmaxRows(
    alpha.map((row, r) => row.map((a, i) => (a + (noise[r]?.[i] ?? 0)) / temperature)),
  );
}

/** From the gradient by z = {@link concreteRows} to that by α, the noise held fixed. */
export function concreteGradientRows(z: Rows, gradient: Rows, temperature: number): Rows {
  return softmaxGradientRows(z, gradient).map((row) => row.map((value) => value / temperature));
}
