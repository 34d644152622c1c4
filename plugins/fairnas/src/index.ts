import { definePlugin } from '@archer-nas/core';
import { searchOption, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

/** Settings of the FairNAS baseline on NAS-Bench-201. Loose: other options of one-shot pass. */
const options = z.looseObject({
  ...trainingFields({ epochs: 250, lr: 0.05, momentum: 0.9, weightDecay: 2.5e-4, clip: 5 }),
  accumulate: z
    .enum(['sum', 'mean'])
    .default('sum')
    .describe('of the gradients of the m paths of a step'),
  search: searchOption('evolution'),
});

/** FairNAS: m paths per step that together hold every option once, then a search. */
const strategy = definePlugin({
  id: 'fairnas',
  kind: 'strategy',
  summary: 'FairNAS: each step trains every option of every decision exactly once.',
  options,
  preset({ search, ...training }) {
    const sampling = { paths: { use: 'fair' }, order: { use: 'shuffle' } };
    return { ...training, ...sampling, use: 'one-shot', ...(search && { search }) };
  },
});

const paths = definePlugin({
  id: 'fair',
  kind: 'paths',
  summary: 'Strict fairness: the paths of a step hold every option of every decision once.',
  options: z.strictObject({}),
  create: async () => (await import('./fair.ts')).fairPaths,
});

export default [strategy, paths];
