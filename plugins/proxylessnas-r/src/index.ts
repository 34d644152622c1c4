import { learningOptions } from '@archer-nas/controller';
import { definePlugin } from '@archer-nas/core';
import { costTable, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const every = z.int().positive().default(5).describe('α moves at every so many steps');

const init = z.number().min(0).default(1e-3).describe('standard deviation of α at the start');

/** Those of the paper's α, and of the released baseline, which moves by 0.99 of the way. */
const learning = learningOptions
  .omit({ skips: true, entropy: true })
  .extend({
    batch: z.int().positive().default(10).describe('networks that are sampled per update'),
    lr: z.number().positive().default(1e-3).describe('of Adam on α'),
    beta1: z.number().min(0).lt(1).default(0).describe('of Adam'),
    baseline: learningOptions.shape.baseline
      .unwrap()
      .extend({
        decay: z.number().min(0).lt(1).default(0.01).describe('d: b ← b − (1 − d)(b − R)'),
        by: z
          .enum(['reward', 'batch'])
          .default('batch')
          .describe('whether b moves by each reward, or once by the mean of a batch'),
      })
      .prefault({})
      .describe('the moving average of rewards'),
  })
  .prefault({})
  .describe('how α learns from rewards');

const latency = z
  .strictObject({
    table: costTable('latency'),
    reference: z.number().positive().describe('in the unit of the table'),
    power: z.number().min(0).default(0.1).describe('of reference / latency'),
  })
  .optional()
  .describe('latency of the sampled network in its reward; absent: none');

/** There is nothing to keep open, and no connections are counted. */
const NOTHING_ELSE = learningOptions.parse({ entropy: { weight: 0 }, skips: { weight: 0 } });

const relaxation = definePlugin({
  id: 'proxylessnas-r',
  kind: 'relaxation',
  summary: 'One path for the weights; α by REINFORCE from the rewards of sampled networks.',
  options: z.strictObject({ every, init, learning, latency }),
  create: async ({ learning, ...options }) => {
    const { proxylessnasR } = await import('./proxylessnas-r.ts');
    return proxylessnasR({ ...options, learning: { ...NOTHING_ELSE, ...learning } });
  },
});

/** With the epochs of the paper; other options of `bilevel` pass through. */
const strategy = definePlugin({
  id: 'proxylessnas-r',
  kind: 'strategy',
  summary: 'ProxylessNAS-R: binary gates on paths, α by REINFORCE, latency in the reward.',
  options: z.looseObject({
    every,
    init,
    learning,
    latency,
    ...trainingFields({ epochs: 160, alphaFrom: 40, first: 'weights', weightDecay: 4e-5 }),
  }),
  preset: ({ every, init, learning, latency, ...training }) => {
    const own = { every, init, learning, ...(latency && { latency }) };
    return { ...training, use: 'bilevel', relaxation: { use: 'proxylessnas-r', ...own } };
  },
});

export default [strategy, relaxation];
