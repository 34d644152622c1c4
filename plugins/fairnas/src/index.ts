import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

/** Settings of the FairNAS baseline on NAS-Bench-201. Loose: other options of one-shot pass. */
const options = z.looseObject({
  epochs: z.int().positive().default(250).describe('passes over the training images'),
  lr: z.number().positive().default(0.05).describe('learning rate at the start'),
  momentum: z.number().min(0).lt(1).default(0.9).describe('of SGD; 0: none'),
  weightDecay: z.number().min(0).default(2.5e-4).describe('added to the gradient before momentum'),
  clip: z
    .number()
    .positive()
    .nullable()
    .default(5)
    .describe('largest global L2 norm of the accumulated gradients; null: no clipping'),
  accumulate: z
    .enum(['sum', 'mean'])
    .default('sum')
    .describe('of the gradients of the m paths of a step'),
  search: z
    .looseObject({ use: z.string().default('evolution').describe('the sampler that searches') })
    .nullable()
    .prefault({})
    .describe('of the trained supernet; null for none, as where all cells are ranked anyway'),
});

/** FairNAS: m paths per step that together hold every option once, then a search. */
const strategy = definePlugin({
  id: 'fairnas',
  kind: 'strategy',
  summary: 'FairNAS: each step trains every option of every decision exactly once.',
  options,
  preset({ search, ...training }) {
    const sampling = { paths: { use: 'fair' }, order: { use: 'shuffle' } };
    const block = { ...training, ...sampling, use: 'one-shot' };
    return search === null ? block : { ...block, search };
  },
});

const paths = definePlugin({
  id: 'fair',
  kind: 'paths',
  summary: 'Strict fairness: the paths of a step hold every option of every decision once.',
  options: z.strictObject({}),
  create: async () => (await import('./fair.ts')).fairPaths,
});

export default [strategy, paths];
