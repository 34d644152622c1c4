import { definePlugin } from '@archer-nas/core';
import { searchOption, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

const archive = z.strictObject({
  beta: z.number().min(0).lt(1).default(0.5).describe("share of the archive's mean loss; below 1"),
  size: z.int().positive().default(8).describe('most paths of the archive'),
  candidates: z
    .int()
    .positive()
    .default(10)
    .describe('random paths, the most novel of which joins the archive until it is full'),
  recent: z
    .int()
    .positive()
    .default(50)
    .describe('paths of the last steps, the most novel of which joins it afterwards'),
  neighbours: z
    .int()
    .positive()
    .default(10)
    .describe('nearest members that novelty is measured by'),
  term: z
    .enum(['gradient', 'constant'])
    .default('gradient')
    .describe("the archive's losses have gradients, or are constants as in the released code"),
});

/** Settings of the released code. Loose: other options of one-shot pass through to it. */
const options = z.looseObject({
  ...trainingFields({ lr: 0.025, minLr: 0.001, weightDecay: 3e-4 }),
  archive: archive.prefault({}).describe('the archive and its weight'),
  search: searchOption('random'),
  evaluation: z
    .looseObject({
      searchEvaluations: z
        .int()
        .positive()
        .default(50)
        .describe('architectures that the search scores'),
    })
    .prefault({})
    .describe('how architectures are scored; other options of one-shot'),
});

/** NSAS on random paths, as the released Random_NSAS. */
const strategy = definePlugin({
  id: 'nsas',
  kind: 'strategy',
  summary: 'NSAS: random paths are trained together with a diverse archive, then a search.',
  options,
  preset({ archive: own, search, ...training }) {
    const parts = { paths: { use: 'uniform' }, order: { use: 'shuffle' } };
    const gradient = { use: 'archive', ...own };
    return { ...parts, ...training, gradient, use: 'one-shot', ...(search && { search }) };
  },
});

const gradient = definePlugin({
  id: 'archive',
  kind: 'gradient',
  summary: "The gradient of a path's loss and of those of an archive of diverse paths.",
  options: archive,
  create: async (own) => (await import('./archive-gradient.ts')).archiveGradient(own),
});

export default [strategy, gradient];
