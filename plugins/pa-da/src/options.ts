import { z } from 'zod';

/** Options of `order: { use: importance }`. Smoothing `linear` is τ = e/E, a number a constant τ. */
export const orderOptions = z.strictObject({
  smoothing: z
    .union([z.literal('linear'), z.number().min(0).max(1)])
    .default('linear')
    .describe('linear: τ = e/E; a number: that constant τ'),
  weighted: z
    .boolean()
    .default(false)
    .describe('whether a sample counts 1/(N q), so that the mean gradient is unbiased'),
  weightCap: z.number().positive().optional().describe('largest weight; none unless stated'),
});

/** Options of `paths: { use: importance }`; all defaults are the released code's. */
export const pathOptions = orderOptions.extend({
  statistic: z
    .enum(['ema', 'mean'])
    .default('ema')
    .describe('of the norms of an epoch: halved at each new one, or their mean'),
  scope: z
    .enum(['shared', 'edge', 'cell-edge'])
    .default('shared')
    .describe('what has probabilities of its own: nothing, each edge, each edge of each cell'),
  norms: z
    .enum(['after-clip', 'before-clip'])
    .default('after-clip')
    .describe('gradient norms after or before clipping'),
  multiplicity: z
    .enum(['divide', 'sum'])
    .default('divide')
    .describe('of an operation on several edges of a path: the mean or the sum of its norms'),
});

export type OrderOptions = z.output<typeof orderOptions>;
export type PathOptions = z.output<typeof pathOptions>;
