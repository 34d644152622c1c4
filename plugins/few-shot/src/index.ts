import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

/** Settings of the released code on NAS-Bench-201. Loose: other options of one-shot pass. */
const options = z.looseObject({
  epochs: z.int().positive().default(600).describe('of the one supernet before the first split'),
  lr: z.number().positive().default(0.025).describe('learning rate at the start of each training'),
  minLr: z.number().min(0).default(0.001).describe('learning rate at the end of each training'),
  momentum: z.number().min(0).lt(1).default(0.9).describe('of SGD; 0: none'),
  nesterov: z.boolean().default(true).describe("Nesterov's momentum instead of Polyak's"),
  weightDecay: z.number().min(0).default(1e-4).describe('added to the gradient before momentum'),
  clip: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe("largest global L2 norm of a step's gradients; null: no clipping"),
  split: z
    .looseObject({
      use: z.string().default('exhaustive').describe('what the supernet is split by'),
    })
    .prefault({})
    .describe('a part of kind split, with its options'),
  search: z
    .looseObject({ use: z.string().default('evolution').describe('the sampler that searches') })
    .nullable()
    .prefault({})
    .describe('of the trained supernets; null for none, as where all cells are ranked anyway'),
});

/** Few-Shot NAS: a supernet is trained, split, and its parts are trained on. */
const strategy = definePlugin({
  id: 'few-shot',
  kind: 'strategy',
  summary: 'Few-Shot NAS: one supernet, then one for each part of the space, then a search.',
  options,
  preset({ search, ...training }) {
    const sampling = { paths: { use: 'uniform' }, order: { use: 'shuffle' } };
    const block = { ...sampling, ...training, use: 'one-shot' };
    return search === null ? block : { ...block, search };
  },
});

const exhaustive = definePlugin({
  id: 'exhaustive',
  kind: 'split',
  summary: 'One supernet for each option of a decision.',
  options: z.strictObject({
    decisions: z
      .array(z.int().min(0))
      .nonempty()
      .default([0])
      .describe('what the supernets are split by, one after the other'),
    epochs: z
      .array(z.int().positive())
      .nonempty()
      .default([300])
      .describe('that every supernet is trained after each of the splits'),
    inherits: z
      .enum(['weights', 'nothing'])
      .default('weights')
      .describe('of the supernet that was split, or new weights'),
  }),
  create: async (own) => (await import('./exhaustive.ts')).exhaustive(own),
});

export default [strategy, exhaustive];
