import { definePlugin } from '@archer-nas/core';
import { trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const dropout = {
  rate: z
    .number()
    .min(0)
    .lt(1)
    .default(0.05)
    .describe('r: how often all paths of a choice block are dropped together'),
  schedule: z
    .enum(['linear', 'constant'])
    .default('linear')
    .describe('whether r grows from 0 in the first epoch to its value in the last'),
};

const relaxation = definePlugin({
  id: 'path-dropout',
  kind: 'relaxation',
  summary: 'All candidates are summed; each batch drops some of them.',
  options: z.strictObject(dropout),
  create: async (options) => (await import('./path-dropout.ts')).pathDropout(options),
});

/** Bender's one-shot model; other options of `bilevel` pass through. */
const strategy = definePlugin({
  id: 'bender-oneshot',
  kind: 'strategy',
  summary: 'One-shot model with path dropout, then the best of random sub-networks.',
  options: z.looseObject({
    ...dropout,
    ...trainingFields({ epochs: 250, nesterov: true, weightDecay: 5e-4 }),
    selection: z
      .looseObject({
        architectures: z.int().positive().default(1000).describe('random ones to choose from'),
        finalists: z.int().min(0).default(10).describe('scored again on all valid images'),
      })
      .prefault({})
      .describe('of the architecture, at the end'),
  }),
  preset: ({ rate, schedule, ...training }) => {
    return { ...training, use: 'bilevel', relaxation: { use: 'path-dropout', rate, schedule } };
  },
});

export default [strategy, relaxation];
