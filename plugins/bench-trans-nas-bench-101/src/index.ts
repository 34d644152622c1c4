import { definePlugin } from '@archer-nas/core';
import { tablePlugin } from '@archer-nas/tabular';
import { z } from 'zod';

import { CLASSES, MACRO, MICRO } from './definition.ts';
import { macroSpace } from './macro.ts';
import { microSpace } from './micro.ts';

const options = z.strictObject({
  classes: z
    .number()
    .int()
    .min(2)
    .default(CLASSES)
    .describe('Classes that params are counted for: 75 objects, 47 scenes.'),
});

const microPlugin = definePlugin({
  id: MICRO.id,
  kind: 'space',
  summary: 'TransNAS-Bench-101: cells of four operations on six edges, 4,096 architectures.',
  options,
  provides: [`notation:${MICRO.id}`, 'costs'],
  create: ({ classes }) => microSpace(classes),
});

const macroPlugin = definePlugin({
  id: MACRO.id,
  kind: 'space',
  summary: 'TransNAS-Bench-101: four to six modules that widen or shrink, 3,256 skeletons.',
  options,
  provides: [`notation:${MACRO.id}`, 'costs'],
  create: ({ classes }) => macroSpace(classes),
});

const microBenchmark = tablePlugin({
  definition: MICRO,
  summary: 'TransNAS-Bench-101: validation results of all 4,096 cells on seven vision tasks.',
  column: 'class_scene',
});

const macroBenchmark = tablePlugin({
  definition: MACRO,
  summary: 'TransNAS-Bench-101: validation results of all 3,256 skeletons on seven vision tasks.',
  column: 'class_scene',
});

export default [microPlugin, macroPlugin, microBenchmark, macroBenchmark];
export { MACRO, MICRO, TASKS } from './definition.ts';
export { formatMacro, type MacroNetwork, macroSpace, parseMacro } from './macro.ts';
export { formatMicro, type MicroCell, microSpace, OPERATIONS, parseMicro } from './micro.ts';
export { canonicalMicro, EDGES } from './micro-canonical.ts';
