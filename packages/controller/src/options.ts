import { z } from 'zod';

const count = z.int().positive();
const numbers = z.record(z.string(), z.number());

const lstmOptions = z.strictObject({
  kind: z.literal('lstm').describe('ENAS: each decision depends on those before'),
  units: count.default(100).describe('per layer'),
  layers: count.default(1).describe('on top of each other'),
  bound: z.number().positive().default(0.1).describe('parameters begin in U(±bound)'),
  temperature: z
    .number()
    .positive()
    .nullable()
    .default(5)
    .describe('T: logits are divided by it before the tanh; null: they are not'),
  tanh: z
    .number()
    .positive()
    .nullable()
    .default(2.5)
    .describe('c: logits are c tanh(u/T); null: no tanh'),
  reduce: z
    .number()
    .positive()
    .default(1)
    .describe("divides c of categories; the released micro search's is 2.5"),
  tables: z
    .enum(['options', 'decision'])
    .default('options')
    .describe('decisions with the same options share embedding and softmax, or each has its own'),
  bias: numbers
    .default({})
    .describe('learnt, before the tanh: where it begins, by option; absent options begin at 0'),
  offset: numbers
    .default({})
    .describe('not learnt, after the tanh, by option, in the first cell only'),
  distance: z
    .boolean()
    .default(false)
    .describe('favours recent inputs: logits − d²/6, input embeddings / (0.1 + d)'),
});

const factorisedOptions = z.strictObject({
  kind: z.literal('factorised').describe('independent decisions'),
  sd: z.number().min(0).default(1e-3).describe('logits begin normal with this deviation'),
});

/** Options of a policy. */
export const policyOptions = z.discriminatedUnion('kind', [lstmOptions, factorisedOptions]);

/** Options of what the policy learns from. */
export const learningOptions = z.strictObject({
  estimator: z
    .enum(['reinforce', 'ppo'])
    .default('reinforce')
    .describe('the score-function gradient, or the clipped surrogate of PPO'),
  clipRatio: z.number().positive().default(0.2).describe("PPO's ε"),
  passes: count.default(1).describe('updates on each batch; more than 1 needs PPO'),
  batch: count.default(1).describe('architectures per update of θ'),
  baseline: z
    .strictObject({
      decay: z.number().min(0).lt(1).default(0.99).describe('d: b ← b − (1 − d)(b − R)'),
      start: z
        .enum(['zero', 'first', 'corrected'])
        .default('first')
        .describe('b begins at 0, at the first reward, or at 0 with the bias corrected'),
      order: z
        .enum(['update-then-use', 'use-then-update'])
        .default('update-then-use')
        .describe("whether b has already seen the reward whose advantage it's subtracted from"),
      by: z
        .enum(['reward', 'batch'])
        .default('reward')
        .describe('whether b moves by each reward, or once by the mean of a batch'),
    })
    .prefault({})
    .describe('the moving average of rewards'),
  entropy: z
    .strictObject({
      weight: z.number().min(0).default(1e-4).describe('w_H'),
      form: z
        .enum(['gradient', 'reward', 'sampled'])
        .default('reward')
        .describe(
          'differentiated; added to the reward; or −p ln p of what was taken, added to the reward',
        ),
    })
    .prefault({})
    .describe('bonus for the entropy of the decisions'),
  skips: z
    .strictObject({
      target: z.number().gt(0).lt(1).default(0.4).describe('share of connections'),
      weight: z.number().min(0).default(0.8).describe('of the Kullback-Leibler divergence'),
      probability: z
        .enum(['sampled', 'logit'])
        .default('sampled')
        .describe('P(yes) as it is sampled, or σ of its logit as in the released code'),
      mean: z
        .enum(['nodes', 'bits'])
        .default('nodes')
        .describe('summed over the bits of a node and averaged over nodes, or over all bits'),
    })
    .prefault({})
    .describe('penalty for skip connections that are too many or too few'),
  lr: z.number().positive().default(3.5e-4).describe('of Adam on θ'),
  beta1: z.number().min(0).lt(1).default(0.9).describe('of Adam'),
  beta2: z.number().min(0).lt(1).default(0.999).describe('of Adam'),
  epsilon: z.number().positive().default(1e-8).describe('of Adam'),
  clip: z.number().positive().nullable().default(null).describe('largest L2 norm of the gradient'),
});

export type PolicyOptions = z.output<typeof policyOptions>;
export type LstmOptions = z.output<typeof lstmOptions>;
export type FactorisedOptions = z.output<typeof factorisedOptions>;
export type LearningOptions = z.output<typeof learningOptions>;
