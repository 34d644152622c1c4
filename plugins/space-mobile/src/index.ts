import { definePlugin } from '@archer-nas/core';
import { layeredCostsOption, supernetAffineOption } from '@archer-nas/nn/options';
import { z } from 'zod';

import { CANDIDATE } from './candidates.ts';
import { SKELETONS } from './skeletons.ts';

const channels = z.int().min(1).max(8192);

const options = z.strictObject({
  skeleton: z
    .enum(['proxylessnas', 'fairnas', 'pc-nas-small', 'pc-nas-large'])
    .default('proxylessnas')
    .describe('Whose space: its stages and candidates, of which the next options replace some.'),
  candidates: z
    .array(z.string().regex(CANDIDATE, 'k3_e6, conv_k3, bottleneck_k3, sep_k3 or skip'))
    .min(1)
    .refine((names) => new Set(names).size === names.length, 'candidates must differ')
    .refine((names) => names.some((name) => name !== 'skip'), 'something besides skip')
    .optional()
    .describe("Of every layer; the skeleton's unless stated. `skip` only where the size is kept."),
  stem: channels
    .optional()
    .describe("Channels of the first convolution; the skeleton's unless stated."),
  first: channels
    .optional()
    .describe(
      "Channels of the fixed separable convolution behind it; the skeleton's unless stated.",
    ),
  channels: z
    .array(channels)
    .min(1)
    .max(20)
    .optional()
    .describe("By stage, of its layers; the skeleton's unless stated."),
  repeats: z
    .array(z.int().min(1).max(50))
    .optional()
    .describe("By stage, how many layers; the skeleton's unless stated."),
  strides: z
    .array(z.literal([1, 2]))
    .optional()
    .describe(
      "Of the first convolution, then of the first layer of each stage; the skeleton's unless stated.",
    ),
  head: channels
    .optional()
    .describe("Channels in front of the classifier; the skeleton's unless stated."),
  width: z
    .number()
    .positive()
    .max(4)
    .default(1)
    .describe('Multiplies channels, to multiples of 8; those of the head only above 1.'),
  supernetAffine: supernetAffineOption,
  costs: layeredCostsOption,
});

const plugin = definePlugin({
  id: 'mobile',
  kind: 'space',
  summary: 'Chains of inverted residual blocks: the spaces of ProxylessNAS, FairNAS and PC-NAS.',
  options,
  provides: ['supernet:single-path', 'supernet:mixture', 'network', 'costs'],
  create: async ({ skeleton, width, supernetAffine, costs, ...own }) => {
    // The networks import the tensor library, which listing plugins should not pay for.
    const { mobileSpace } = await import('./space.ts');
    const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value));
    return mobileSpace({
      ...{ width, supernetAffine, costs },
      skeleton: { ...SKELETONS[skeleton], ...given },
    });
  },
});

export default plugin;
export { type Candidate, candidateOf } from './candidates.ts';
export { SKELETONS, type Skeleton } from './skeletons.ts';
