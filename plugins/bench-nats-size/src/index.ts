import { choiceSpace, definePlugin, type Plugin } from '@archer-nas/core';
import type { NetworkTask } from '@archer-nas/nn';
import { tablePlugin } from '@archer-nas/tabular';
import { z } from 'zod';

import { costModel } from './costs.ts';
import { NATS_SIZE } from './definition.ts';
import { type Sizes, sizeSpec } from './sizes.ts';

const space = definePlugin({
  id: 'nats-size',
  kind: 'space',
  summary: 'NATS-Bench size space: 8 to 64 channels in five layers, 32,768 architectures.',
  options: z.strictObject({
    costs: z
      .strictObject({
        classes: z.int().min(2).default(10).describe('Classes to tell apart.'),
        image: z.int().multipleOf(4).min(4).default(32).describe('Side in pixels.'),
      })
      .prefault({})
      .describe('The task that params and macs are counted for; CIFAR-10 unless stated.'),
  }),
  provides: ['supernet:single-path', 'network', 'notation:nats-size', 'costs'],
  create: async ({ costs }) => {
    // The networks import the tensor library, which listing plugins should not pay for.
    const { sizeNetwork, sizeSupernet } = await import('./size-networks.ts');
    const space = choiceSpace(sizeSpec(costModel(costs)));
    return {
      ...space,
      supernet: (task: NetworkTask) => sizeSupernet(task),
      network: (sizes: Sizes, task: NetworkTask) => sizeNetwork(sizes, task),
      // A site per decision: an architecture's choices are its path.
      path: (sizes: Sizes) => space.toChoices(sizes),
    };
  },
});

const benchmark = tablePlugin({
  definition: NATS_SIZE,
  summary: 'NATS-Bench size space: test accuracies of all 32,768 sizes on three data sets.',
  column: 'c10_test_90',
});

const plugins = [space as unknown as Plugin, benchmark];
export default plugins;
export { type CostTask, costModel } from './costs.ts';
export { NATS_SIZE } from './definition.ts';
export {
  byIndex,
  CHANNELS,
  formatSizes,
  officialIndex,
  parseSizes,
  type Sizes,
  sizeSpec,
} from './sizes.ts';
