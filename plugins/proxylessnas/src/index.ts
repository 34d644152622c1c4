import { definePlugin } from '@archer-nas/core';
import { alphaOption, costTable, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const every = z.int().positive().default(5).describe('α moves at every so many steps');

const alpha = alphaOption({ lr: 1e-3, beta1: 0, weightDecay: 0 });

const latency = z
  .strictObject({
    table: costTable('latency'),
    loss: z
      .discriminatedUnion('form', [
        z.strictObject({
          form: z.literal('add').describe('loss + weight · E[latency]'),
          weight: z.number().min(0).describe('λ'),
        }),
        z.strictObject({
          form: z.literal('mul#log').describe('scale · loss · (ln E / ln reference)^power'),
          reference: z.number().gt(1).describe('in the unit of the table'),
          scale: z.number().positive().default(0.2).describe('α of the script'),
          power: z.number().default(0.3).describe('β of the script'),
        }),
      ])
      .describe('how the expected latency joins the loss of α'),
  })
  .optional()
  .describe('latency of the architecture in the loss of α; absent: none');

const relaxation = definePlugin({
  id: 'proxylessnas',
  kind: 'relaxation',
  summary: 'One path for the weights, two for α, whose joint probability stays.',
  options: z.strictObject({ every, alpha, latency }),
  create: async (options) => {
    const { proxylessnas } = await import('./proxylessnas.ts');
    return proxylessnas(options);
  },
});

/** ProxylessNAS with the epochs of its paper; other options of `bilevel` pass through. */
const strategy = definePlugin({
  id: 'proxylessnas',
  kind: 'strategy',
  summary: 'ProxylessNAS: binary gates on paths, α by two paths at a time, latency in its loss.',
  options: z.looseObject({
    every,
    alpha,
    latency,
    ...trainingFields({ epochs: 160, alphaFrom: 40, first: 'weights', weightDecay: 4e-5 }),
  }),
  preset: ({ every, alpha, latency, ...training }) => {
    const relaxation = { use: 'proxylessnas', every, alpha, ...(latency && { latency }) };
    return { ...training, use: 'bilevel', relaxation };
  },
});

export default [strategy, relaxation];
