import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

import { dartsCandidates } from './candidates.ts';
import { DECISIONS } from './choices.ts';
import { OPERATIONS } from './genotype.ts';
import { dartsSpace } from './space.ts';

const channels = z.number().int().min(1).max(1024);
const cells = z.number().int().min(1).max(100);

/** The supernet of the paper's search on CIFAR-10. */
const SEARCH = { channels: 16, cells: 8, none: true };

const options = z.strictObject({
  channels: channels.default(36).describe('Channels of the first cells, of the trained network.'),
  cells: cells.default(20).describe('Cells of the trained network.'),
  classes: z.number().int().min(2).default(10).describe('Classes that params are counted for.'),
  operations: z
    .array(z.enum(OPERATIONS))
    .min(1)
    .default([...OPERATIONS])
    .describe('The candidate operations of every edge; fewer make a sub-space.'),
  // Without a default: the identities of searches that never named it stay as they are.
  search: z
    .strictObject({
      channels: channels.default(SEARCH.channels).describe('Channels of its first cells.'),
      cells: cells.min(3).default(SEARCH.cells).describe('Its cells, at least one of each kind.'),
      none: z
        .boolean()
        .default(SEARCH.none)
        .describe('Whether no operation is mixed with the others; false is S5 of SmoothDARTS.'),
    })
    .optional()
    .describe('The supernet; default: 16 channels, 8 cells, none is mixed.'),
});

const plugin = definePlugin({
  id: 'darts',
  kind: 'space',
  summary: 'The DARTS cells: normal and reduction, four nodes with two of seven operations each.',
  options,
  provides: ['supernet:mixture', 'network', 'notation:darts', 'costs'],
  create: async ({ operations, search = SEARCH, ...trained }) => {
    // The networks import the tensor library, which listing plugins should not pay for.
    const { withNetworks } = await import('./network-space.ts');
    const names = OPERATIONS.filter((name) => operations.includes(name));
    const chosen = names.map((name) => OPERATIONS.indexOf(name));
    const space = dartsSpace(trained).restrict(
      DECISIONS.map(({ name }) => (name.endsWith(':inputs') ? undefined : chosen)),
    );
    return withNetworks(space, { trained, search, candidates: dartsCandidates(names, search) });
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
export { networkParams, type Skeleton } from './network-params.ts';
export { isReduction, type NetworkSize } from './skeleton.ts';
export { dartsSpace } from './space.ts';
