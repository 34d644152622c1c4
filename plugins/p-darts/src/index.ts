import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

const options = z.strictObject({
  cells: z
    .array(z.int().positive())
    .min(1)
    .default([5, 11, 17])
    .describe('of the supernet in each stage, as the space counts them'),
  keep: z
    .array(z.int().positive())
    .default([5, 3])
    .describe('operations per edge after each stage but the last'),
  dropout: z
    .array(z.number().min(0).lt(1))
    .default([0.1, 0.4, 0.7])
    .describe('of skip connections, at the start of each stage'),
  skips: z
    .int()
    .min(0)
    .nullable()
    .default(2)
    .describe('most skip connections of the normal cell in the result; `null`: no limit'),
});

const plugin = definePlugin({
  id: 'p-darts',
  kind: 'modifier',
  summary: 'P-DARTS: stages, each deeper and with fewer operations per edge than the one before.',
  options,
  requires: ['supernet:depth'],
  create: async (parsed) => {
    const { pDarts } = await import('./p-darts.ts');
    return pDarts(parsed);
  },
});

export default plugin;
