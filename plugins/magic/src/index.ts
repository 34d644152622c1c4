import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

const walk = {
  changes: z
    .int()
    .positive()
    .default(1)
    .describe('decisions that change from the path of one step to that of the next'),
};

/** MAGIC-T on the one-shot loop; loose: other options of one-shot pass through to it. */
const strategy = definePlugin({
  id: 'magic',
  kind: 'strategy',
  summary: 'MAGIC-T: consecutive paths differ in one operation, then a search.',
  options: z.looseObject({
    ...walk,
    search: z
      .looseObject({ use: z.string().default('evolution').describe('the sampler that searches') })
      .nullable()
      .prefault({})
      .describe('of the trained supernet; null for none, as where all cells are ranked anyway'),
  }),
  preset({ changes, search, ...training }) {
    const sampling = { paths: { use: 'magic-t', changes }, order: { use: 'shuffle' } };
    const block = { ...training, ...sampling, use: 'one-shot' };
    return search === null ? block : { ...block, search };
  },
});

const paths = definePlugin({
  id: 'magic-t',
  kind: 'paths',
  summary: 'A random walk: each path differs from the one before in one operation.',
  options: z.strictObject(walk),
  create: async (options) => (await import('./magic-t.ts')).magicT(options),
});

export default [strategy, paths];
