import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

import { EDGES, OPERATIONS } from './cell.ts';

const options = z.strictObject({
  channels: z.number().int().min(1).max(1024).default(16).describe('Channels of the first stage.'),
  cells: z.number().int().min(1).max(50).default(5).describe('Cells per stage.'),
  convBias: z
    .boolean()
    .default(true)
    .describe("Whether the supernet's convolutions have a bias, as in the released supernets."),
  // Without a default: the identities of searches that never named it stay as they are.
  skeletonAffine: z
    .boolean()
    .optional()
    .describe(
      "Whether the supernet's batch norms outside of the cells have scale and offset, as in AutoDL; default false.",
    ),
  operations: z
    .array(z.enum(OPERATIONS))
    .min(1)
    .default([...OPERATIONS])
    .describe('The candidate operations of every edge; fewer make a sub-space.'),
  costs: z
    .strictObject({
      classes: z.number().int().min(2).default(10).describe('Classes to tell apart.'),
      image: z.number().int().multipleOf(4).min(4).default(32).describe('Side in pixels.'),
    })
    .prefault({})
    .describe('The task that params and macs are counted for; CIFAR-10 unless stated.'),
  // Without a default: the identities of searches that never named it stay as they are.
  mutation: z
    .enum(['edge', 'node-then-edge'])
    .optional()
    .describe(
      "Which edge a mutation changes: any, the default, or a node's, as in the benchmark's scripts.",
    ),
});

const plugin = definePlugin({
  id: 'nas-bench-201',
  kind: 'space',
  summary: 'NAS-Bench-201: cells of five operations on six edges, 15,625 architectures.',
  options,
  provides: [
    'supernet:single-path',
    'supernet:mixture',
    'supernet:depth',
    'supernet:partial-channels',
    'supernet:shared-operations',
    'network',
    'notation:nas-bench-201',
    'costs',
  ],
  create: async ({ operations, ...settings }) => {
    // The networks import the tensor library, which listing plugins should not pay for.
    const { nasBench201 } = await import('./space.ts');
    const chosen = OPERATIONS.flatMap((name, op) => (operations.includes(name) ? [op] : []));
    return nasBench201(settings).restrict(EDGES.map(() => chosen));
  },
});

export default plugin;
export { canonical, simplified, uniqueString } from './canonical.ts';
export {
  CELLS,
  type Cell,
  cellCode,
  cellFromCode,
  cellOf,
  EDGES,
  formatCell,
  isConnected,
  OPERATIONS,
  type Operation,
  parseCell,
} from './cell.ts';
export { type CostTask, costModel } from './costs.ts';
export { byIndex, indexOf } from './official-order.ts';
export type { Skeleton } from './skeleton.ts';
export type { NasBench201, SpaceSettings } from './space.ts';
