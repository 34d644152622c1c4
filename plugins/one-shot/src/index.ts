import {
  type DataSet,
  definePlugin,
  type OrderRecipe,
  type SamplerRecipe,
  type TextData,
} from '@archer-nas/core';
import type {
  GradientRecipe,
  LanguageSpace,
  NetworkSpace,
  PathRecipe,
  SplitRecipe,
  WeightsRecipe,
} from '@archer-nas/nn';
import { z } from 'zod';
import { languageOptions, loopOptions } from './language-options.ts';
import { oneShotOptions } from './options.ts';
import { remainingPaths } from './remaining.ts';
import { shuffledOrder } from './shuffle.ts';
import { uniformPaths } from './uniform.ts';

export type { OneShotViews } from './views.ts';

const VIEWS = [
  'view:scores',
  'view:untrained',
  'view:exporter',
  'view:supernet',
  'view:paths',
  'view:order',
  'view:candidates',
];

const strategy = definePlugin({
  id: 'one-shot',
  kind: 'strategy',
  summary: 'Trains a supernet one path at a time, then may search it with inherited weights.',
  options: oneShotOptions,
  requires: ['space', 'data', 'engine', 'supernet:single-path', 'data:classification'],
  provides: VIEWS,
  parts: {
    paths: { kind: ['paths', 'sampler'], default: { use: 'uniform' } },
    order: { kind: 'order', default: { use: 'shuffle' } },
    gradient: { kind: 'gradient', optional: true },
    split: { kind: 'split', optional: true },
    weights: { kind: 'weights', optional: true },
    search: { kind: 'sampler', optional: true },
  },
  create: async (options, { space, data, parts }) => {
    // Training imports the tensor library, which listing plugins should not pay for.
    const { oneShot } = await import('./one-shot.ts');
    return oneShot(options, {
      space: space as NetworkSpace<unknown>, // it provides supernet:single-path
      data,
      paths: parts.paths as PathRecipe | SamplerRecipe,
      order: parts.order as OrderRecipe,
      gradient: parts.gradient as GradientRecipe | undefined,
      split: parts.split as SplitRecipe | undefined,
      weights: parts.weights as WeightsRecipe | undefined,
      search: parts.search as SamplerRecipe | undefined,
    });
  },
});

const language = definePlugin({
  id: 'one-shot-language',
  kind: 'strategy',
  summary: 'The same for recurrent cells on text: single paths, scored by their perplexity.',
  options: languageOptions,
  requires: ['space', 'data', 'engine', 'supernet:single-path', 'data:language-modelling'],
  provides: VIEWS,
  parts: {
    paths: { kind: ['paths', 'sampler'], default: { use: 'uniform' } },
    search: { kind: 'sampler', optional: true },
  },
  create: async (options, { space, data, parts }) => {
    const { oneShot } = await import('./one-shot.ts');
    return oneShot(loopOptions(options), {
      space: space as LanguageSpace<unknown>, // it provides supernet:single-path
      data: data as DataSet | TextData,
      paths: parts.paths as PathRecipe | SamplerRecipe,
      order: shuffledOrder, // a text has its own
      search: parts.search as SamplerRecipe | undefined,
    });
  },
});

const paths = definePlugin({
  id: 'uniform',
  kind: 'paths',
  summary: 'Every option of every decision is equally likely.',
  options: z.strictObject({
    // Without a default: the identities of searches that never named it stay as they are.
    together: z
      .int()
      .positive()
      .optional()
      .describe('paths per step, whose gradients accumulate; default 1'),
  }),
  create: ({ together }) => uniformPaths(together),
});

const remaining = definePlugin({
  id: 'remaining',
  kind: 'paths',
  summary: 'Random paths of what a search with stages has left of the space.',
  options: z.strictObject({}),
  create: () => remainingPaths,
});

const order = definePlugin({
  id: 'shuffle',
  kind: 'order',
  summary: 'Every sample once per epoch, in random order.',
  options: z.strictObject({}),
  create: () => shuffledOrder,
});

export default [strategy, language, paths, remaining, order];
