import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

const options = z.strictObject({
  every: z.int().positive().default(2).describe('epochs between two measurements'),
  window: z.int().positive().default(5).describe('measurements of the sliding mean'),
  lag: z.int().positive().default(4).describe('measurements between the means that are compared'),
  ratio: z.number().min(1).default(1.3).describe('of the means: more of it ends the search'),
  from: z.int().min(0).default(10).describe('the earliest epoch, counted from 0, to return to'),
  step: z.number().positive().default(0.01).describe('of the central differences'),
  adapt: z
    .strictObject({
      factor: z.number().gt(1).default(10).describe('of the weight decay, each time'),
      max: z.number().positive().default(0.03).describe('largest weight decay'),
    })
    .optional()
    .describe('DARTS-ADA: goes back and multiplies the weight decay; absent: the search stops'),
});

const plugin = definePlugin({
  id: 'darts-es',
  kind: 'modifier',
  summary: 'DARTS-ES, DARTS-ADA: stops or steps back when the loss around α gets sharp.',
  options,
  requires: ['view:relaxed'],
  create: async (parsed) => {
    const { dartsEs } = await import('./darts-es.ts');
    return dartsEs(parsed);
  },
});

export default plugin;
