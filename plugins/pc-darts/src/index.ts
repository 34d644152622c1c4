import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

const options = z.strictObject({
  k: z.int().min(1).default(4).describe('operations see one of so many blocks of channels'),
  edges: z.boolean().default(true).describe('whether the edges into a node are normalised by β'),
  beta: z
    .strictObject({
      lr: z.number().positive().default(6e-4).describe("Adam's learning rate"),
      beta1: z.number().min(0).lt(1).default(0.5).describe("Adam's β₁"),
      beta2: z.number().min(0).lt(1).default(0.999).describe("Adam's β₂"),
      weightDecay: z.number().min(0).default(1e-3).describe('added to the gradient'),
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
