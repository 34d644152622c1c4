import { definePlugin } from '@archer-nas/core';
import { searchOption, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

/** Settings of the released code on NAS-Bench-201. Loose: other options of one-shot pass. */
const options = z.looseObject({
  ...trainingFields({ epochs: 600, lr: 0.025, minLr: 0.001, momentum: 0.9, nesterov: true }),
  ...trainingFields({ weightDecay: 1e-4, clip: null }),
  split: z
    .looseObject({
      use: z.string().default('exhaustive').describe('what the supernet is split by'),
    })
    .prefault({})
    .describe('a part of kind split, with its options'),
  search: searchOption('evolution'),
});

/** Few-Shot NAS: a supernet is trained, split, and its parts are trained on. */
const strategy = definePlugin({
  id: 'few-shot',
  kind: 'strategy',
  summary: 'Few-Shot NAS: one supernet, then one for each part of the space, then a search.',
  options,
  preset({ search, ...training }) {
    const sampling = { paths: { use: 'uniform' }, order: { use: 'shuffle' } };
    return { ...sampling, ...training, use: 'one-shot', ...(search && { search }) };
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
