import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

import { dartsCandidates } from './candidates.ts';
import { OPERATIONS } from './genotype.ts';
import { candidatesOf, operationsOf, SETS } from './robust-darts.ts';
import { STEMS } from './skeleton.ts';
import { dartsSpace, genotypeSpace } from './space.ts';

const channels = z.number().int().min(1).max(1024);
const cells = z.number().int().min(1).max(100);

/** The supernet of the paper's search on CIFAR-10. */
const SEARCH = { channels: 16, cells: 8, none: true };

const trained = {
  channels: channels.default(36).describe('Channels of the first cells, of the trained network.'),
  cells: cells.default(20).describe('Cells of the trained network.'),
  classes: z.number().int().min(2).default(10).describe('Classes that params are counted for.'),
  // Without defaults: the identities of searches that never named them stay as they are.
  stem: z
    .enum(STEMS)
    .optional()
    .describe(
      'What comes before the first cell, of the supernet too; default cifar, one convolution. ' +
        'imagenet: three, which divide the sides of the image by 8.',
    ),
  image: z
    .number()
    .int()
    .min(4)
    .max(4096)
    .optional()
    .describe('Side of the images that macs are counted for; default 32, of imagenet 224.'),
};

const supernet = {
  channels: channels.default(SEARCH.channels).describe('Channels of its first cells.'),
  cells: cells.min(3).default(SEARCH.cells).describe('Its cells, at least one of each kind.'),
};

const NETWORKS = ['supernet:mixture', 'supernet:depth', 'supernet:partial-channels', 'network'];

const darts = definePlugin({
  id: 'darts',
  kind: 'space',
  summary: 'The DARTS cells: normal and reduction, four nodes with two of seven operations each.',
  options: z.strictObject({
    ...trained,
    operations: z
      .array(z.enum(OPERATIONS))
      .min(1)
      .default([...OPERATIONS])
      .describe('The candidate operations of every edge; fewer make a sub-space.'),
    search: z
      .strictObject({
        ...supernet,
        none: z
          .boolean()
          .default(SEARCH.none)
          .describe('Whether no operation is mixed with the others; false is S5 of SmoothDARTS.'),
      })
      .optional()
      .describe('The supernet; default: 16 channels, 8 cells, none is mixed.'),
  }),
  provides: [...NETWORKS, 'supernet:single-path', 'notation:darts', 'costs'],
  create: async ({ operations, search = SEARCH, ...trained }) => {
    // The networks import the tensor library, which listing plugins should not pay for.
    const { withNetworks } = await import('./network-space.ts');
    const names = OPERATIONS.filter((name) => operations.includes(name));
    const chosen = names.map((name) => OPERATIONS.indexOf(name));
    const whole = dartsSpace(trained);
    const space = whole.restrict(
      whole.decisions.map(({ name }) => (name.endsWith(':inputs') ? undefined : chosen)),
    );
    return withNetworks(space, { trained, search, candidates: dartsCandidates(names, search) });
  },
});

const robustDarts = definePlugin({
  id: 'robust-darts',
  kind: 'space',
  summary: 'S1 to S4 of RobustDARTS: DARTS cells with two operations per edge, where DARTS fails.',
  options: z.strictObject({
    set: z
      .enum(SETS)
      .default('s1')
      .describe(
        's1: two found operations per edge; s2: skip_connect, sep_conv_3x3; s3: these and none; ' +
          's4: noise, sep_conv_3x3',
      ),
    ...trained,
    search: z.strictObject(supernet).prefault({}).describe('The supernet.'),
  }),
  provides: [...NETWORKS, 'costs'],
  create: async ({ set, search, ...trained }) => {
    const { withNetworks } = await import('./network-space.ts');
    const space = genotypeSpace(`robust-darts-${set}`, operationsOf(set), trained);
    return withNetworks(space, { trained, search, candidates: candidatesOf(set) });
  },
});

export default [darts, robustDarts];
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
export { type NetworkCosts, networkCosts, type Skeleton } from './network-costs.ts';
export { isReduction, type NetworkSize, type Stem } from './skeleton.ts';
export { dartsSpace } from './space.ts';
