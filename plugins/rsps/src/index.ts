import { definePlugin } from '@archer-nas/core';
import { trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const per = z
  .enum(['network', 'cell'])
  .default('network')
  .describe('whether one draw is for all cells of a step, or each cell draws its operations');

const relaxation = definePlugin({
  id: 'rsps',
  kind: 'relaxation',
  summary: 'Every option is equally likely, and stays so.',
  options: z.strictObject({ per }),
  create: async (options) => {
    const { rsps } = await import('./rsps.ts');
    return rsps(options);
  },
});

/** RSPS with the settings of NAS-Bench-201; other options of `bilevel` pass through. */
const strategy = definePlugin({
  id: 'rsps',
  kind: 'strategy',
  summary: 'RSPS: shared weights of random architectures, then the best of random ones.',
  options: z.looseObject({
    per,
    ...trainingFields({ epochs: 250, nesterov: true, weightDecay: 5e-4 }),
    selection: z
      .looseObject({
        architectures: z.int().positive().default(100).describe('random ones to choose from'),
      })
      .prefault({})
      .describe('of the architecture, at the end'),
  }),
  preset: ({ per, ...training }) => {
    return { ...training, use: 'bilevel', relaxation: { use: 'rsps', per } };
  },
});

export default [strategy, relaxation];
