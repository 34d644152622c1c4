import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

import { definitionOf, SPACES } from './definition.ts';
import { oneShotSpace } from './space.ts';

const channels = z.number().int().min(1).max(1024);
const perStack = z.number().int().min(1).max(50);

/** The supernet of the paper, and the network of NAS-Bench-101 on CIFAR-10. */
const SEARCH = { channels: 16, cells: 3 };
const TRAINED = { channels: 128, cells: 3, classes: 10, image: 32 };

const plugin = definePlugin({
  id: 'nas-bench-1shot1',
  kind: 'space',
  summary: 'NAS-Bench-1Shot1, spaces 1 to 3: cells of NAS-Bench-101 with nine edges.',
  options: z.strictObject({
    space: z.literal(SPACES).default(1).describe('the number of the search space'),
    cells: z
      .enum(['all', 'released'])
      .default('all')
      .describe('all cells, or those whose graph the released generator finds'),
    // Without defaults: the identities of searches that never named them stay as they are.
    search: z
      .strictObject({
        channels: channels.default(SEARCH.channels).describe('of the stem and the first stack'),
        cells: perStack.default(SEARCH.cells).describe('per stack'),
      })
      .optional()
      .describe('the supernet; default: 16 channels, 3 cells per stack'),
    trained: z
      .strictObject({
        channels: channels.default(TRAINED.channels).describe('of the stem and the first stack'),
        cells: perStack.default(TRAINED.cells).describe('per stack'),
        classes: z.number().int().min(2).default(TRAINED.classes).describe('that costs are for'),
        image: z
          .number()
          .int()
          .multipleOf(4)
          .min(4)
          .default(TRAINED.image)
          .describe('side in pixels that costs are for'),
      })
      .optional()
      .describe('the network that is trained alone; default: that of the benchmark'),
  }),
  provides: [
    'supernet:single-path',
    'supernet:mixture',
    'supernet:depth',
    'supernet:partial-channels',
    'network',
    'notation:nas-bench-101',
    'costs',
  ],
  create: async ({ space: number, cells, search = SEARCH, trained = TRAINED }) => {
    // The networks import the tensor library, which listing plugins should not pay for.
    const { withNetworks } = await import('./network-space.ts');
    const definition = definitionOf(number);
    const space = oneShotSpace(number, cells, { skeleton: trained, task: trained });
    return withNetworks(space, { definition, trained, search });
  },
});

export default plugin;
export { type Cell, canonical, formatCell, parseCell } from './cell.ts';
export { type CostTask, costModel } from './costs.ts';
export { definitionOf, OPERATIONS, SPACES, type SpaceNumber } from './definition.ts';
export {
  type Graph,
  prunedGraphs,
  releasedGraphs,
  usedBlocks,
  withoutLooseEnds,
} from './graphs.ts';
export type { Skeleton } from './skeleton.ts';
export { type Cells, oneShotSpace } from './space.ts';
