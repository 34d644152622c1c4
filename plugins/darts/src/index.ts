import { definePlugin } from '@archer-nas/core';
import { rowAdamFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const alpha = z
  .strictObject({
    ...rowAdamFields(),
    clip: z.number().positive().optional().describe("largest norm of α's gradient; absent: none"),
    init: z.number().min(0).default(1e-3).describe('standard deviation at the start; paper: 0'),
  })
  .prefault({})
  .describe('the optimiser of the architecture parameters');

const order = z
  .union([z.literal(1), z.literal(2)])
  .default(1)
  .describe('1: the weights are taken for optimal; 2: one step of them is looked through');

const radius = z
  .number()
  .positive()
  .default(0.01)
  .describe('norm of the weight move in the finite difference of order 2');

const unrolledClip = z
  .number()
  .positive()
  .optional()
  .describe("largest norm of the weights' gradients that order 2 looks through; absent: any");

const relaxation = definePlugin({
  id: 'darts',
  kind: 'relaxation',
  summary: 'Softmax over α, which descends the validation loss.',
  options: z.strictObject({ order, radius, unrolledClip, alpha }),
  provides: ['view:relaxed'],
  create: async (options) => {
    const { darts } = await import('./darts.ts');
    return darts(options);
  },
});

/** DARTS with the settings of its search on CIFAR-10; other options of `bilevel` pass through. */
const strategy = definePlugin({
  id: 'darts',
  kind: 'strategy',
  summary: 'DARTS: softmax mixtures, α by first- or second-order bilevel descent.',
  options: z.looseObject({ order, radius, unrolledClip, alpha }),
  preset: ({ order, radius, unrolledClip, alpha, ...training }) => {
    const clip = unrolledClip === undefined ? {} : { unrolledClip };
    const relaxation = { use: 'darts', order, radius, ...clip, alpha };
    return { ...training, use: 'bilevel', relaxation };
  },
});

export default [strategy, relaxation];
