import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

import { SPACES } from './definition.ts';
import { oneShotSpace } from './space.ts';

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
  }),
  provides: ['notation:nas-bench-101'],
  create: ({ space, cells }) => oneShotSpace(space, cells),
});

export default plugin;
export { type Cell, canonical, formatCell, parseCell } from './cell.ts';
export { definitionOf, OPERATIONS, SPACES, type SpaceNumber } from './definition.ts';
export {
  type Graph,
  prunedGraphs,
  releasedGraphs,
  usedBlocks,
  withoutLooseEnds,
} from './graphs.ts';
export { type Cells, oneShotSpace } from './space.ts';
