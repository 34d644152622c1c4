import { definePlugin } from '@archer-nas/core';
import { rowAdamFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const options = z.strictObject({
  k: z.int().min(1).default(4).describe('operations see one of so many blocks of channels'),
  edges: z.boolean().default(true).describe('whether the edges into a node are normalised by β'),
  beta: z
    .strictObject({
      ...rowAdamFields({ lr: 6e-4 }),
      init: z.number().min(0).default(1e-3).describe('standard deviation at the start'),
    })
    .prefault({})
    .describe('the optimiser of β, in the released code that of α'),
});

const plugin = definePlugin({
  id: 'pc-darts',
  kind: 'modifier',
  summary:
    'PC-DARTS: operations see a part of the channels, and edges are weighed against each other.',
  options,
  requires: ['supernet:partial-channels'],
  create: async (parsed) => {
    const { pcDarts } = await import('./pc-darts.ts');
    return pcDarts(parsed);
  },
});

export default plugin;
