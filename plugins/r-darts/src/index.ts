import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

const options = z.strictObject({
  p: z
    .number()
    .min(0)
    .lt(1)
    .default(0.6)
    .describe('probability of drop-path and of cutout in the last epoch; it grows from 0'),
  cutoutP: z.number().min(0).max(1).optional().describe('that of cutout where it is another'),
  cutout: z.int().min(0).default(16).describe('side of the square in pixels; 0: no cutout'),
});

const plugin = definePlugin({
  id: 'r-darts',
  kind: 'modifier',
  summary: 'R-DARTS(DP): drop-path and cutout that grow during the search.',
  options,
  requires: ['data:classification'],
  create: async (parsed) => {
    const { rDarts } = await import('./r-darts.ts');
    return rDarts(parsed);
  },
});

export default plugin;
