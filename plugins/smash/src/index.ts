import { definePlugin } from '@archer-nas/core';
import { searchOption } from '@archer-nas/nn/options';
import { z } from 'zod';

const width = z.int().positive();

const hyper = z.strictObject({
  hidden: z
    .array(width)
    .default([128, 128])
    .describe('widths of its hidden layers; []: it is linear'),
  chunk: width.default(256).describe('numbers that it emits at once'),
  emits: z
    .enum(['all', '1x1'])
    .default('all')
    .describe('weights of operations that it emits, all or those of 1×1 convolutions'),
  normalise: z
    .boolean()
    .default(true)
    .describe('whether emitted weights are divided by their norm'),
  weightNorm: z.boolean().default(true).describe('whether matrices of its own are'),
});

/** Trained as SPOS is in comparisons. Loose: other options of one-shot pass through to it. */
const strategy = definePlugin({
  id: 'smash',
  kind: 'strategy',
  summary: 'SMASH: a hypernetwork emits the weights of each architecture, then a search.',
  options: z.looseObject({
    hyper: hyper.prefault({}).describe('the hypernetwork'),
    search: searchOption('perturbation'),
  }),
  preset({ hyper: own, search, ...training }) {
    const parts = { paths: { use: 'uniform' }, order: { use: 'shuffle' } };
    const weights = { use: 'hyper-network', ...own };
    return { ...parts, ...training, weights, use: 'one-shot', ...(search && { search }) };
  },
});

const weights = definePlugin({
  id: 'hyper-network',
  kind: 'weights',
  summary: 'Emits the weights of operations from the encoded architecture.',
  options: hyper,
  create: async (options) => (await import('./smash.ts')).smash(options),
});

export default [strategy, weights];
