import {
  controllerSampler,
  learningOptions,
  policyOptions,
  rewardOptions,
} from '@archer-nas/controller';
import { definePlugin, type Plugin } from '@archer-nas/core';
import { z } from 'zod';

const sampler = definePlugin({
  id: 'controller',
  kind: 'sampler',
  summary: "Draws from a policy over the space's decisions, which learns from rewards.",
  options: z.strictObject({
    policy: policyOptions
      .prefault({ kind: 'lstm' })
      .describe('π(a; θ): `kind: lstm`, or `kind: factorised` into independent softmaxes'),
    learning: learningOptions.prefault({}).describe('how θ learns'),
    reward: rewardOptions.prefault({}).describe('how a reward is made of what was measured'),
  }),
  create: (options) => controllerSampler('controller', options),
});

/** The controller of the paper: two layers of 35 units, neither temperature nor tanh. */
const POLICY = { kind: 'lstm', units: 35, layers: 2, bound: 0.08, temperature: null, tanh: null };

/** Loose: budget, workers and other options of `search` pass through to it. */
const strategy = definePlugin({
  id: 'nas-rl',
  kind: 'strategy',
  summary: 'NAS-RL: a recurrent policy learns which architectures are accurate, by REINFORCE.',
  options: z.looseObject({
    policy: z
      .looseObject({ kind: z.enum(['lstm', 'factorised']).describe('of the policy') })
      .default(POLICY as { kind: 'lstm' })
      .describe("of the sampler `controller`; the paper's unless given, then with its defaults"),
    learning: z
      .looseObject({
        lr: z.number().positive().default(6e-4).describe('of Adam on θ'),
        batch: z.int().positive().default(1).describe('architectures per update of θ'),
        baseline: z
          .looseObject({
            decay: z.number().min(0).lt(1).default(0.95).describe('of the average of rewards'),
          })
          .prefault({})
          .describe('b'),
        entropy: z
          .looseObject({ weight: z.number().min(0).default(0).describe('of a bonus') })
          .prefault({})
          .describe('none in the paper'),
      })
      .prefault({})
      .describe('of the sampler `controller`'),
    reward: z
      .looseObject({
        power: z.number().positive().default(3).describe('the cube of the accuracy'),
      })
      .prefault({})
      .describe('of the sampler `controller`'),
  }),
  preset: ({ policy, learning, reward, ...search }) => ({
    ...search,
    use: 'search',
    sampler: { use: 'controller', policy, learning, reward },
  }),
});

const plugins = [sampler, strategy] as unknown as readonly Plugin[];
export default plugins;
