import { definePlugin } from '@archer-nas/core';
import { rowAdamFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const edges = z
  .int()
  .positive()
  .nullable()
  .default(null)
  .describe('how many edges of a node run, those with the greatest α; `null`: all');

const alpha = z
  .strictObject({
    ...rowAdamFields(),
    init: z
      .strictObject({
        value: z.number().min(0).max(1).default(0.5).describe('of all of them'),
        noise: z.number().min(0).default(1e-3).describe('standard deviation; 0: ties'),
      })
      .prefault({})
      .describe('the values at the start'),
  })
  .prefault({})
  .describe('the optimiser of the architecture parameters');

const relaxation = definePlugin({
  id: 'nasp',
  kind: 'relaxation',
  summary: 'The greatest α of each decision runs; α stays in [0, 1], without a softmax.',
  options: z.strictObject({ edges, alpha }),
  provides: ['view:relaxed'],
  create: async (options) => {
    const { nasp } = await import('./nasp.ts');
    return nasp(options);
  },
});

/** NASP; its training is that of DARTS, and options of `bilevel` pass through. */
const strategy = definePlugin({
  id: 'nasp',
  kind: 'strategy',
  summary: 'NASP: discrete architectures run, α moves by proximal steps on the validation loss.',
  options: z.looseObject({ edges, alpha }),
  preset: ({ edges, alpha, ...training }) => {
    return { ...training, use: 'bilevel', relaxation: { use: 'nasp', edges, alpha } };
  },
});

export default [strategy, relaxation];
