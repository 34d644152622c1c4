import type { Progress } from '@archer-nas/core';
import { z } from 'zod';

/** What both halves share. Smoothing `linear` is the released τ = e/E; a number is a constant τ. */
export const sharedOptions = z.strictObject({
  smoothing: z.union([z.literal('linear'), z.number().min(0).max(1)]).default('linear'),
  weighted: z.boolean().default(false),
  weightCap: z.number().positive().optional(),
});

/** τ at the end of epoch e, when `done` = e + 1 epochs of `total` = E are complete. */
export function tau(
  schedule: z.output<typeof sharedOptions>['smoothing'],
  { done, total }: Progress,
): number {
  return schedule === 'linear' ? (done - 1) / total : schedule;
}

/** τ·x/Σx + (1−τ)/N: normalised norms, smoothed towards uniform; uniform if all are zero. */
export function smoothed(norms: Float64Array, τ: number): Float64Array {
  const sum = norms.reduce((total, norm) => total + norm, 0);
  const N = norms.length;
  return norms.map((norm) => (sum > 0 ? τ * (norm / sum) + (1 - τ) / N : 1 / N));
}
