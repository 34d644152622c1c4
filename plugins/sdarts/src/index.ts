import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

const options = z.strictObject({
  mode: z.enum(['rs', 'adv']).default('rs').describe('random smoothing, or an adversary'),
  epsilon: z
    .strictObject({
      from: z.number().min(0).default(0.03).describe('in the first epoch'),
      to: z.number().min(0).default(0.3).describe('what it grows towards, epoch by epoch'),
    })
    .prefault({})
    .describe('radius of the perturbation'),
  steps: z.int().positive().default(7).describe('of the attack'),
  norm: z.enum(['inf', '2']).default('inf').describe('ball of the attack; `2` is per decision'),
  projection: z
    .enum(['released', 'strict'])
    .default('released')
    .describe('released: normalised after the projection; strict: in the ball in any case'),
  attackBatchNorm: z
    .enum(['running', 'batch'])
    .default('running')
    .describe('statistics of batch norm during the attack'),
});

const plugin = definePlugin({
  id: 'sdarts',
  kind: 'modifier',
  summary:
    'SmoothDARTS: the weights learn on perturbed mixtures, random (RS) or adversarial (ADV).',
  options,
  create: async (parsed) => {
    const { sdarts } = await import('./sdarts.ts');
    return sdarts(parsed);
  },
});

export default plugin;
