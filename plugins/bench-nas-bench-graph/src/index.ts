import { definePlugin } from '@archer-nas/core';
import { tablePlugin } from '@archer-nas/tabular';
import { z } from 'zod';

import { NAS_BENCH_GRAPH } from './definition.ts';
import { graphSpace } from './space.ts';

const space = definePlugin({
  id: 'nas-bench-graph',
  kind: 'space',
  summary: 'NAS-Bench-Graph: four computing nodes of nine operations, 26,206 graph networks.',
  options: z.strictObject({}),
  provides: ['notation:nas-bench-graph'],
  create: () => graphSpace(),
});

const benchmark = tablePlugin({
  definition: NAS_BENCH_GRAPH,
  summary:
    'NAS-Bench-Graph: accuracy, latency and size of 26,206 graph networks on nine data sets.',
  column: 'cora_valid',
});

export default [space, benchmark];
export { canonical } from './canonical.ts';
export { NAS_BENCH_GRAPH } from './definition.ts';
export { format, type GraphNetwork, graphSpace, LINKS, OPERATIONS, parse } from './space.ts';
