import type { Progress } from '@archer-nas/core';
import type { OrderOptions } from './options.ts';

/** τ at the end of epoch e, when `done` = e + 1 epochs of `total` = E are complete. */
export function tau(smoothing: OrderOptions['smoothing'], { done, total }: Progress): number {
  return smoothing === 'linear' ? (done - 1) / total : smoothing;
}

/** τ·x/Σx + (1−τ)/N: normalised norms, smoothed towards uniform; uniform if all are zero. */
export function smoothed(norms: Float64Array, τ: number): Float64Array {
  const sum = norms.reduce((total, norm) => total + norm, 0);
  const N = norms.length;
  return norms.map((norm) => (sum > 0 ? τ * (norm / sum) + (1 - τ) / N : 1 / N));
}
