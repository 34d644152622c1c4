import { definePlugin } from '@archer-nas/core';
import { costTable, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const lambda = z
  .strictObject({
    gamma: z
      .number()
      .min(0)
      .default(0.01)
      .describe('γ of γ‖λ‖₁; 0: nothing becomes zero; the default is no value of the paper'),
    flops: costTable('FLOPs')
      .optional()
      .describe(
        'FLOPs by `option` or `site.option`: γ is γ · FLOPs_t / FLOPs_block; absent: one γ',
      ),
    lr: z.number().positive().default(0.1).describe('η, constant'),
    momentum: z.number().min(0).lt(1).default(0.9).describe('μ'),
    init: z.number().default(1).describe('all of them at the start'),
  })
  .prefault({})
  .describe('the scaling factors and their accelerated proximal gradient');

const relaxation = definePlugin({
  id: 'dso-nas',
  kind: 'relaxation',
  summary: 'A scaling factor per operation, sparse by a proximal method.',
  options: z.strictObject({ lambda }),
  provides: ['view:relaxed'],
  create: async ({ lambda }) => {
    const { dsoNas } = await import('./dso-nas.ts');
    return dsoNas(lambda);
  },
});

/** DSO-NAS with the training of its paper; other options of `bilevel` pass through. */
const strategy = definePlugin({
  id: 'dso-nas',
  kind: 'strategy',
  summary: 'DSO-NAS: all operations run, scaled by factors that become exactly zero.',
  options: z.looseObject({
    lambda,
    ...trainingFields({ epochs: 240, alphaFrom: 120, lr: 0.1, minLr: 0.1, weightDecay: 1e-4 }),
  }),
  preset: ({ lambda, ...training }) => {
    return { ...training, use: 'bilevel', relaxation: { use: 'dso-nas', lambda } };
  },
});

export default [strategy, relaxation];
