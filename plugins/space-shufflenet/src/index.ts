import { definePlugin } from '@archer-nas/core';
import { layeredCostsOption, supernetAffineOption } from '@archer-nas/nn/options';
import { z } from 'zod';

import { BLOCKS } from './architecture.ts';

const channels = z.int().min(2).max(4096);

const options = z.strictObject({
  stem: channels.default(16).describe('Channels behind the first convolution.'),
  channels: z
    .array(channels)
    .min(1)
    .max(10)
    .default([64, 160, 320, 640])
    .describe('By stage, the channels of its blocks; they must grow.'),
  repeats: z
    .array(z.int().min(1).max(50))
    .default([4, 4, 8, 4])
    .describe('By stage, how many blocks it has.'),
  strides: z
    .array(z.literal([1, 2]))
    .default([2, 2, 2, 2, 2])
    .describe('Of the first convolution and of the first block of each stage.'),
  head: channels.default(1024).describe('Channels in front of the classifier.'),
  width: z
    .number()
    .positive()
    .max(4)
    .default(1)
    .describe('Multiplies all channels; they are rounded to even numbers.'),
  activation: z.enum(['relu', 'relu6']).default('relu').describe('What follows batch norms.'),
  supernetAffine: supernetAffineOption,
  blocks: z
    .array(z.enum(BLOCKS))
    .min(1)
    .default([...BLOCKS])
    .describe('The candidates of every choice block; fewer make a sub-space.'),
  costs: layeredCostsOption,
});

const plugin = definePlugin({
  id: 'shufflenet',
  kind: 'space',
  summary: "SPOS's space: one of four ShuffleNetV2 units in each of 20 blocks.",
  options,
  provides: ['supernet:single-path', 'supernet:mixture', 'network', 'costs'],
  create: async (settings) => {
    // The networks import the tensor library, which listing plugins should not pay for.
    const { shuffleNetSpace } = await import('./space.ts');
    return shuffleNetSpace(settings);
  },
});

export default plugin;
export { BLOCKS, type Block, format, parse } from './architecture.ts';
