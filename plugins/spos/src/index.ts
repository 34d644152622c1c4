import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

/**
 * Settings that NAS-Bench-201 comparisons train SPOS with, equal to pa-da's. Loose: other
 * options of one-shot pass through to it.
 */
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
    .describe("largest global L2 norm of a step's gradients; null: no clipping"),
  unsampled: z
    .enum(['freeze', 'decay'])
    .default('freeze')
    .describe(
      'parameters that a step does not use: untouched, or still moved by momentum and decay',
    ),
  search: z
    .looseObject({ use: z.string().default('evolution').describe('the sampler that searches') })
    .nullable()
    .prefault({})
    .describe('of the trained supernet; null for none, as where all cells are ranked anyway'),
});

/** SPOS: uniform single paths, then evolution under cost limits with inherited weights. */
const plugin = definePlugin({
  id: 'spos',
  kind: 'strategy',
  summary: 'SPOS: uniform single-path training, then evolutionary search under cost limits.',
  options,
  preset({ search, ...training }) {
    const sampling = { paths: { use: 'uniform' }, order: { use: 'shuffle' } };
    const block = { ...training, ...sampling, use: 'one-shot' };
    return search === null ? block : { ...block, search };
  },
});

export default plugin;
