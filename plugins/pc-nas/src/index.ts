import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { searchOptions } from './options.ts';
import { pcNas } from './pc-nas.ts';

/** Training as in pa-da and spos on NAS-Bench-201. Loose: other options of one-shot pass. */
const options = z.looseObject({
  ...searchOptions.shape,
  warmUp: z.number().min(0).max(1).default(0.4).describe('share of the epochs before stage 1'),
  epochs: z.int().positive().default(250).describe('passes over the training images, in all'),
  lr: z.number().positive().default(0.05).describe('learning rate at the start'),
  momentum: z.number().min(0).lt(1).default(0.9).describe('of SGD; 0: none'),
  weightDecay: z.number().min(0).default(2.5e-4).describe('added to the gradient before momentum'),
});

/** PC-NAS: stages of the search alternate with training of what the pool leaves. */
const strategy = definePlugin({
  id: 'pc-nas',
  kind: 'strategy',
  summary: 'PC-NAS: a pool of partial models narrows the space while its supernet trains.',
  options,
  preset({ pool, samples, exact, attempts, constraint, latency, chance, ...training }) {
    const search = { use: 'pc-nas', pool, samples, exact, attempts, constraint, latency, chance };
    const parts = { paths: { use: 'remaining' }, order: { use: 'shuffle' }, search };
    return { unsampled: 'freeze', ...training, ...parts, use: 'one-shot' };
  },
});

const sampler = definePlugin({
  id: 'pc-nas',
  kind: 'sampler',
  summary: "PC-NAS's pool of partial models, for any evaluator.",
  options: searchOptions,
  create: pcNas,
});

export default [strategy, sampler];
