import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

import { OPERATIONS as MACRO } from './macro/architecture.ts';
import { OPERATIONS as MICRO } from './micro/cells.ts';

const channels = z.number().int().multipleOf(2).min(2).max(1024);
const layers = z.number().int().max(100);

const costs = z
  .strictObject({
    classes: z.number().int().min(2).default(10).describe('Classes to tell apart.'),
    image: z.number().int().multipleOf(4).min(4).default(32).describe('Side in pixels.'),
  })
  .prefault({})
  .describe('The task that params and macs are counted for; CIFAR-10 unless stated.');

/** The candidate operations, all unless fewer are chosen. */
function operations<const T extends readonly [string, ...string[]]>(all: T) {
  return z
    .array(z.enum(all))
    .min(1)
    .default([...all])
    .describe('The candidate operations; fewer make a sub-space.');
}

const macro = definePlugin({
  id: 'enas-macro',
  kind: 'space',
  summary: "ENAS's macro space: per layer one of six operations, and which earlier layers join.",
  options: z.strictObject({
    layers: layers.min(3).default(12).describe('Layers of both networks.'),
    channels: channels
      .default(96)
      .describe('Channels of the first layers of the network that is trained alone.'),
    structure: z
      .enum(['paper', 'released', 'searched'])
      .default('paper')
      .describe(
        'That network: skips concatenated (paper), besides all convolutions whole (released), or ' +
          'as in the supernet (searched).',
      ),
    operations: operations(MACRO),
    search: z
      .strictObject({ channels: channels.default(36).describe('Its channels.') })
      .prefault({})
      .describe('The supernet.'),
    costs,
  }),
  provides: ['supernet:single-path', 'network', 'costs'],
  create: async ({ operations, ...settings }) => {
    // The networks import the tensor library, which listing plugins should not pay for.
    const { macroSpace } = await import('./macro/space.ts');
    const chosen = MACRO.filter((name) => operations.includes(name));
    return macroSpace({ ...settings, operations: chosen });
  },
});

const micro = definePlugin({
  id: 'enas-micro',
  kind: 'space',
  summary:
    "ENAS's micro space: a normal and a reduction cell of five nodes with two branches each.",
  options: z.strictObject({
    nodes: z.number().int().min(1).max(7).default(5).describe('Nodes of a cell that compute.'),
    layers: layers
      .min(1)
      .default(15)
      .describe('Normal cells of the network that is trained alone; two reduction cells more.'),
    channels: channels.default(36).describe('Channels of its first cells.'),
    structure: z
      .enum(['paper', 'searched'])
      .default('paper')
      .describe('That network: loose ends concatenated (paper), or as in the supernet (searched).'),
    operations: operations(MICRO),
    search: z
      .strictObject({
        layers: layers.min(1).default(6).describe('Its normal cells; two reduction cells more.'),
        channels: channels.default(20).describe('Channels of its first cells.'),
      })
      .prefault({})
      .describe('The supernet.'),
    costs,
  }),
  provides: ['supernet:single-path', 'network', 'costs'],
  create: async ({ operations, ...settings }) => {
    const { microSpace } = await import('./micro/space.ts');
    const chosen = MICRO.filter((name) => operations.includes(name));
    return microSpace({ ...settings, operations: chosen });
  },
});

export default [macro, micro];
export {
  formatMacro,
  type MacroArchitecture,
  type MacroLayer,
  parseMacro,
} from './macro/architecture.ts';
export {
  type Branch,
  formatMicro,
  looseEnds,
  type MicroArchitecture,
  type MicroCell,
  type MicroNode,
  paperCount,
  parseMicro,
} from './micro/cells.ts';
