import { definePlugin } from '@archer-nas/core';
import { costTable, rowAdamFields, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const temperature = z
  .strictObject({
    from: z.number().positive().default(1).describe('in the first epoch'),
    to: z.number().positive().default(0.03).describe('what it falls towards, epoch by epoch'),
  })
  .prefault({})
  .describe('λ of the concrete distribution; `from` equal to `to`: constant');

const alpha = z
  .strictObject({
    ...rowAdamFields(),
    init: z
      .strictObject({
        mean: z.number().default(1).describe('of all of them'),
        deviation: z.number().min(0).default(0.01).describe('standard deviation'),
      })
      .prefault({})
      .describe('the values at the start'),
  })
  .prefault({})
  .describe('the optimiser of the architecture parameters');

const resource = z
  .strictObject({
    table: costTable('cost, in any unit,'),
    weight: z.number().min(0).describe('η of loss + η R(Z)'),
  })
  .optional()
  .describe('cost of the sampled mixture in the loss of α; absent: none');

const relaxation = definePlugin({
  id: 'snas',
  kind: 'relaxation',
  summary: 'A concrete sample of the mixture in each step; α learns from the weights’ own loss.',
  options: z.strictObject({ temperature, alpha, resource }),
  create: async (options) => {
    const { snas } = await import('./snas.ts');
    return snas(options);
  },
});

/** SNAS with the settings of its search on CIFAR-10; options of `bilevel` pass through. */
const strategy = definePlugin({
  id: 'snas',
  kind: 'strategy',
  summary: 'SNAS: weights and architecture from one loss on train images, by concrete samples.',
  options: z.looseObject({
    temperature,
    alpha,
    resource,
    ...trainingFields({ epochs: 150 }),
  }),
  preset: ({ temperature, alpha, resource, ...training }) => {
    const relaxation = { use: 'snas', temperature, alpha, ...(resource && { resource }) };
    return { ...training, use: 'bilevel', relaxation };
  },
});

export default [strategy, relaxation];
