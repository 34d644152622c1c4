import { definePlugin } from '@archer-nas/core';
import { trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';
import { importanceOrder } from './data-importance.ts';
import { orderOptions, pathOptions } from './options.ts';

/** What a variant groups; each value can be set on its own as well. */
const VARIANTS = {
  released: { weights: 'none', norms: 'after-clip' },
  weighted: { weights: 'both', norms: 'before-clip' },
} as const;

/** Released settings on NAS-Bench-201. Loose: other options of one-shot pass through to it. */
const options = z.looseObject({
  variant: z
    .enum(['released', 'weighted'])
    .default('released')
    .describe('what weights and norms are, unless they are set'),
  weights: z
    .enum(['none', 'path', 'data', 'both'])
    .optional()
    .describe('which half weights its samples; default what the variant says'),
  ...pathOptions.omit({ weighted: true, norms: true }).shape,
  norms: pathOptions.shape.norms
    .unwrap()
    .optional()
    .describe('gradient norms after or before clipping; default what the variant says'),
  ...trainingFields({ epochs: 250, lr: 0.05, momentum: 0.9, weightDecay: 2.5e-4, clip: 5 }),
  ...trainingFields({ unsampled: 'decay' }),
});

const strategy = definePlugin({
  id: 'pa-da',
  kind: 'strategy',
  summary: 'PA&DA: one-shot training with importance sampling of paths and data.',
  options,
  preset({ variant, statistic, scope, multiplicity, smoothing, weightCap, ...given }) {
    const { weights, norms, ...training } = { ...VARIANTS[variant], ...given };
    const sampling = (half: 'path' | 'data') => ({
      use: 'importance',
      smoothing,
      weighted: weights === half || weights === 'both',
      weightCap,
    });
    const paths = { ...sampling('path'), statistic, scope, norms, multiplicity };
    return { ...training, use: 'one-shot', paths, order: sampling('data') };
  },
});

const paths = definePlugin({
  id: 'importance',
  kind: 'paths',
  summary: 'PA: draws operations in proportion to their gradient norms.',
  options: pathOptions,
  create: async (chosen) => (await import('./path-importance.ts')).importancePaths(chosen),
});

const order = definePlugin({
  id: 'importance',
  kind: 'order',
  summary: 'DA: draws samples in proportion to their gradient norms at the logits.',
  options: orderOptions,
  create: importanceOrder,
});

export default [strategy, paths, order];
