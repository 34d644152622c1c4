import { definePlugin } from '@archer-nas/core';
import { tablePlugin } from '@archer-nas/tabular';
import { z } from 'zod';
import { MAX_VERTICES } from './cell.ts';
import { NAS_BENCH_101 } from './definition.ts';
import { nasBench101, withVertices } from './space.ts';

const space = definePlugin({
  id: 'nas-bench-101',
  kind: 'space',
  summary: 'NAS-Bench-101: cells with up to seven vertices and nine edges, 423,624 networks.',
  options: z.strictObject({
    vertices: z
      .number()
      .int()
      .min(2)
      .max(MAX_VERTICES)
      .default(MAX_VERTICES)
      .describe('At most so many vertices; EC-NAS has all cells with up to 4 and up to 5.'),
  }),
  provides: ['notation:nas-bench-101', 'costs'],
  create: ({ vertices }) => nasBench101().restrict(withVertices(vertices)),
});

const benchmark = tablePlugin({
  definition: NAS_BENCH_101,
  summary: 'NAS-Bench-101: 20,001 of 423,624 architectures at four budgets; EC-NAS energy.',
  column: 'valid_108',
});

export default [space, benchmark];
export {
  type Cell,
  formatCell,
  type Graph,
  graphDigits,
  isValid,
  OPERATIONS,
  parseCell,
  prune,
} from './cell.ts';
export { NAS_BENCH_101 } from './definition.ts';
export { graphHash } from './graph-hash.ts';
export { networkParams } from './network-params.ts';
export { nasBench101, withVertices } from './space.ts';
