import { z } from 'zod';

/** Options of `order: { use: importance }`. Smoothing `linear` is τ = e/E, a number a constant τ. */
export const orderOptions = z.strictObject({
  smoothing: z
    .union([z.literal('linear'), z.number().min(0).max(1)])
    .default('linear')
    .describe('linear: τ = e/E; a number: that constant τ'),
  weighted: z.boolean().default(false),
  weightCap: z.number().positive().optional(),
});

/** Options of `paths: { use: importance }`; all defaults are the released code's. */
export const pathOptions = orderOptions.extend({
  statistic: z.enum(['ema', 'mean']).default('ema'),
  scope: z.enum(['shared', 'edge', 'cell-edge']).default('shared'),
  norms: z.enum(['after-clip', 'before-clip']).default('after-clip'),
  multiplicity: z.enum(['divide', 'sum']).default('divide'),
});

export type OrderOptions = z.output<typeof orderOptions>;
export type PathOptions = z.output<typeof pathOptions>;
