import { definePlugin } from '@archer-nas/core';
import { searchOption, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const inner = z.strictObject({
  steps: z.int().positive().default(2).describe('of SGD that each path takes on the batch'),
  lr: z.number().positive().default(0.05).describe('learning rate of these, always the same'),
  momentum: z.number().min(0).lt(1).default(0.9).describe('of these; 0: none'),
  clip: z
    .number()
    .positive()
    .nullable()
    .default(5)
    .describe('largest global L2 norm of a gradient of these; null: no clipping'),
  velocities: z
    .enum(['fresh', 'kept'])
    .default('fresh')
    .describe('whether each path begins at rest, or with the momentum of those before it'),
});

/** Settings of the only released code. Loose: other options of one-shot pass through to it. */
const options = z.looseObject({
  ...trainingFields({ epochs: 250 }),
  lr: z.number().positive().default(1).describe('outer learning rate: 1 takes the mean of w_k'),
  momentum: z.number().min(0).lt(1).default(0).describe('of the outer step; 0: none'),
  weightDecay: z.number().min(0).default(4e-5).describe('added to the mean of the w₀ − w_k'),
  clip: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('largest global L2 norm of that mean; null: no clipping'),
  inner: inner.prefault({}).describe('the inner loop of each path'),
  search: searchOption('evolution'),
});

/** SUMNAS: fair paths, each of which adapts the weights; these follow the mean. */
const strategy = definePlugin({
  id: 'sumnas',
  kind: 'strategy',
  summary: 'SUMNAS: the supernet follows the mean of weights that were adapted to fair paths.',
  options,
  preset({ inner: loop, search, ...training }) {
    const parts = { paths: { use: 'fair' }, order: { use: 'shuffle' } };
    const gradient = { use: 'meta', ...loop };
    return {
      accumulate: 'mean',
      ...parts,
      ...training,
      gradient,
      use: 'one-shot',
      ...(search && { search }),
    };
  },
});

const gradient = definePlugin({
  id: 'meta',
  kind: 'gradient',
  summary: 'How far some steps of SGD on the batch take the weights of a path.',
  options: inner,
  create: async (own) => (await import('./meta-gradient.ts')).metaGradient(own),
});

export default [strategy, gradient];
