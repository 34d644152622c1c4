import { definePlugin } from '@archer-nas/core';
import { alphaOption } from '@archer-nas/nn/options';
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
    epochs: z.int().positive().default(250).describe('passes over the train split'),
    first: z.enum(['alpha', 'weights']).default('weights').describe('what moves first in a step'),
    nesterov: z.boolean().default(true).describe("whether the weights' momentum looks ahead"),
    weightDecay: z.number().min(0).default(5e-4).describe('of the weights'),
    clip: z.number().positive().nullable().default(null).describe('`null`: no clipping'),
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
