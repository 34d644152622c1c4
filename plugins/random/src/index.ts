import { definePlugin, type Plugin } from '@archer-nas/core';
import { z } from 'zod';
import { randomSampler } from './random-sampler.ts';

const shape = {
  repeats: z.boolean().default(false).describe('whether an architecture may be proposed again'),
  distinct: z
    .enum(['architecture', 'canonical'])
    .default('architecture')
    .describe('what counts as the same: the architecture, or any that trains alike'),
  attempts: z
    .int()
    .positive()
    .default(1000)
    .describe('draws for each new architecture before the space counts as exhausted'),
};

/** Loose: budget, workers and other options of `search` pass through to it. */
const random = definePlugin({
  id: 'random',
  kind: 'strategy',
  summary: 'Random search: the baseline of every other.',
  options: z.looseObject(shape),
  preset: ({ repeats, distinct, attempts, ...options }) => ({
    ...options,
    use: 'search',
    sampler: { use: 'random', repeats, distinct, attempts },
  }),
});

const sampler = definePlugin({
  id: 'random',
  kind: 'sampler',
  summary: 'Architectures drawn uniformly from the space.',
  options: z.strictObject(shape),
  create: (options) => randomSampler(options),
});

const plugins = [random, sampler] as unknown as readonly Plugin[];
export default plugins;
