import { definePlugin } from '@archer-nas/core';
import { tablePlugin } from '@archer-nas/tabular';
import { z } from 'zod';

import { FBNET_LATENCY } from './definition.ts';
import { fbnetSpace } from './space.ts';

const space = definePlugin({
  id: 'fbnet',
  kind: 'space',
  summary: 'FBNet: one of nine blocks in each of 22 layers, with latencies as exact costs.',
  options: z.strictObject({}),
  provides: ['notation:fbnet', 'costs'],
  create: () => fbnetSpace(),
});

const benchmark = tablePlugin({
  definition: FBNET_LATENCY,
  summary: 'Latencies of 5,000 FBNet-space networks on 27 device settings; no accuracies.',
  column: 'lat_pixel3',
  requires: ['notation:fbnet'],
});

export default [space, benchmark];
export { DEVICES, FBNET_LATENCY } from './definition.ts';
export { LATENCIES, type LayerLatencies } from './latency-table.ts';
export { BLOCKS, type FbnetNetwork, fbnetSpace, LAYERS, parse } from './space.ts';
