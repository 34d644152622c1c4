import { definePlugin } from '@archer-nas/core';
import { alphaOption, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const per = z
  .enum(['cell', 'network'])
  .default('cell')
  .describe('whether each cell of a weight step draws its operations, or one draw is for all');

const alpha = alphaOption();

const relaxation = definePlugin({
  id: 'setn',
  kind: 'relaxation',
  summary: 'Uniform single paths for the weights, a joint softmax for α.',
  options: z.strictObject({ per, alpha }),
  provides: ['view:relaxed'],
  create: async (options) => {
    const { setn } = await import('./setn.ts');
    return setn(options);
  },
});

/** SETN with the settings of NAS-Bench-201; other options of `bilevel` pass through. */
const strategy = definePlugin({
  id: 'setn',
  kind: 'strategy',
  summary: 'SETN: weights along uniform paths, α by a joint mixture, the best of samples of α.',
  options: z.looseObject({
    per,
    alpha,
    ...trainingFields({ epochs: 250, first: 'weights' }),
    ...trainingFields({ nesterov: true, weightDecay: 5e-4, clip: null }),
    selection: z
      .looseObject({
        architectures: z.int().positive().default(100).describe('samples of softmax(α)'),
      })
      .prefault({})
      .describe('of the architecture, at the end'),
  }),
  preset: ({ per, alpha, ...training }) => {
    return { ...training, use: 'bilevel', relaxation: { use: 'setn', per, alpha } };
  },
});

export default [strategy, relaxation];
