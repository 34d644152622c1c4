import { type Dependencies, definePlugin, type Plugin, type SamplerRecipe } from '@archer-nas/core';
import { z } from 'zod';
import { randomSampler } from './random-sampler.ts';
import { beginSearch } from './search.ts';

const searchOptions = z.strictObject({
  evaluations: z.int().positive().default(1000).describe('architectures that may be evaluated'),
  batch: z
    .int()
    .positive()
    .default(1)
    .describe('proposals per round; a sampler that learns may prefer few'),
  metric: z.string().optional().describe("the metric that counts; default the evaluator's first"),
  batches: z
    .union([z.literal('all'), z.int().positive()])
    .default('all')
    .describe('batches of validation images per evaluation, where the evaluator uses images'),
});

const search = definePlugin({
  id: 'search',
  kind: 'strategy',
  summary: 'Asks a sampler, evaluates, tells the sampler, until the budget is spent.',
  options: searchOptions,
  requires: ['evaluator'],
  provides: ['view:scores'],
  parts: { sampler: { kind: 'sampler', default: { use: 'random' } } },
  create(options, deps) {
    const { space, evaluator } = deps;
    const sampler = deps.parts.sampler as SamplerRecipe;
    const images = validationImages(deps);
    const parts = { space, evaluator, sampler, ...(images ? { images } : {}) };
    return { begin: async (context, saved) => beginSearch(parts, options, context, saved) };
  },
});

const random = definePlugin({
  id: 'random',
  kind: 'strategy',
  summary: 'Random search: the baseline of every other.',
  options: searchOptions.extend({ repeats: z.boolean().default(false) }),
  preset: ({ repeats, ...options }) => ({
    use: 'search',
    ...options,
    sampler: { use: 'random', repeats },
  }),
});

const sampler = definePlugin({
  id: 'random',
  kind: 'sampler',
  summary: 'Architectures drawn uniformly from the space.',
  options: z.strictObject({
    repeats: z.boolean().default(false).describe('whether an architecture may be proposed again'),
    attempts: z
      .int()
      .positive()
      .default(1000)
      .describe('draws for each new architecture before the space counts as exhausted'),
  }),
  create: (options) => randomSampler(options),
});

/** The validation split where the manifest has data: reading absent data throws. */
function validationImages(deps: Dependencies) {
  try {
    return deps.data.splits.includes('valid') ? deps.data.open('valid') : undefined;
  } catch (error) {
    if ((error as { code?: string }).code === 'ARCHER_NO_BLOCK') return undefined;
    throw error;
  }
}

const plugins = [random, search, sampler] as unknown as readonly Plugin[];
export default plugins;
