import { definePlugin } from '@archer-nas/core';
import { alphaOption, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const rule = z
  .enum(['selected', 'all'])
  .default('selected')
  .describe('which operations the gradient knows: the sampled one, or all, at their full cost');

const temperature = z
  .strictObject({
    from: z.number().positive().default(10).describe('in the first epoch'),
    to: z.number().positive().default(0.1).describe('in the last epoch'),
  })
  .prefault({})
  .describe('τ, linear in the epochs');

const alpha = alphaOption();

const relaxation = definePlugin({
  id: 'gdas',
  kind: 'relaxation',
  summary: 'One operation per decision by Gumbel-max; straight-through gradients of α.',
  options: z.strictObject({ rule, temperature, alpha }),
  create: async (options) => {
    const { gdas } = await import('./gdas.ts');
    return gdas(options);
  },
});

/** GDAS with the settings of its paper and of NAS-Bench-201; options of `bilevel` pass through. */
const strategy = definePlugin({
  id: 'gdas',
  kind: 'strategy',
  summary: 'GDAS: a sampled operation per decision runs, α learns through its relaxation.',
  options: z.looseObject({
    rule,
    temperature,
    alpha,
    ...trainingFields({ epochs: 250, first: 'weights', nesterov: true, weightDecay: 5e-4 }),
  }),
  preset: ({ rule, temperature, alpha, ...training }) => {
    return { ...training, use: 'bilevel', relaxation: { use: 'gdas', rule, temperature, alpha } };
  },
});

export default [strategy, relaxation];
