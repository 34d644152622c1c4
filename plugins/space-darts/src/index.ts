import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

import { DECISIONS } from './choices.ts';
import { OPERATIONS } from './genotype.ts';
import { dartsSpace } from './space.ts';

const options = z.strictObject({
  channels: z.number().int().min(1).max(1024).default(36).describe('Channels of the first cells.'),
  cells: z.number().int().min(1).max(100).default(20).describe('Cells of the network.'),
  classes: z.number().int().min(2).default(10).describe('Classes that params are counted for.'),
  operations: z
    .array(z.enum(OPERATIONS))
    .min(1)
    .default([...OPERATIONS])
    .describe('The candidate operations of every edge; fewer make a sub-space.'),
});

const plugin = definePlugin({
  id: 'darts',
  kind: 'space',
  summary: 'The DARTS cells: normal and reduction, four nodes with two of seven operations each.',
  options,
  provides: ['notation:darts', 'costs'],
  create: ({ operations, ...skeleton }) => {
    const chosen = OPERATIONS.flatMap((name, op) => (operations.includes(name) ? [op] : []));
    return dartsSpace(skeleton).restrict(
      DECISIONS.map(({ name }) => (name.endsWith(':inputs') ? undefined : chosen)),
    );
  },
});

export default plugin;
export { canonical } from './canonical.ts';
export {
  type CellGraph,
  type Edge,
  formatGenotype,
  type Genotype,
  OPERATIONS,
  type Operation,
  parseGenotype,
} from './genotype.ts';
export { isReduction, networkParams, type Skeleton } from './network-params.ts';
export { dartsSpace } from './space.ts';
