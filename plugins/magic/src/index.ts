import { definePlugin } from '@archer-nas/core';
import { searchOption } from '@archer-nas/nn/options';
import { z } from 'zod';

const walk = {
  changes: z
    .int()
    .positive()
    .default(1)
    .describe('decisions that change from the path of one step to that of the next'),
};

const alignment = z.strictObject({
  lambda: z.number().positive().default(0.5).describe('factor of the distance in the loss'),
  distance: z
    .enum(['relative', 'squared'])
    .default('relative')
    .describe(
      "of block outputs from the anchor's: squared, the mean squared difference, or relative, that " +
        "over the mean square of the anchor's",
    ),
  images: z
    .int()
    .positive()
    .default(512)
    .describe('of the valid split, that a better anchor is recognised on'),
});

/** MAGIC-T, or MAGIC-AT, on the one-shot loop; loose: other options of one-shot pass through to it. */
const strategy = definePlugin({
  id: 'magic',
  kind: 'strategy',
  summary: 'MAGIC-T or MAGIC-AT: consecutive paths differ in one operation, then a search.',
  options: z.looseObject({
    ...walk,
    align: alignment
      .optional()
      .describe('outputs of blocks are aligned with an anchor (MAGIC-AT); absent: they are not'),
    search: searchOption('evolution'),
  }),
  preset({ changes, align, search, ...training }) {
    const sampling = { paths: { use: 'magic-t', changes }, order: { use: 'shuffle' } };
    const gradient = align && { gradient: { use: 'aligned', ...align } };
    return { ...training, ...sampling, ...gradient, use: 'one-shot', ...(search && { search }) };
  },
});

const paths = definePlugin({
  id: 'magic-t',
  kind: 'paths',
  summary: 'A random walk: each path differs from the one before in one operation.',
  options: z.strictObject(walk),
  create: async (options) => (await import('./magic-t.ts')).magicT(options),
});

const gradient = definePlugin({
  id: 'aligned',
  kind: 'gradient',
  summary: "MAGIC-A: draws a path's block outputs to those of a well-performing anchor.",
  options: alignment,
  create: async (options) => (await import('./magic-a.ts')).magicA(options),
});

export default [strategy, paths, gradient];
