import { type Dependencies, definePlugin, type Plugin, type SamplerRecipe } from '@archer-nas/core';
import { z } from 'zod';
import { randomSampler } from './random-sampler.ts';
import { beginSearch } from './search.ts';

const searchOptions = z.strictObject({
  /** Architectures that may be evaluated. */
  evaluations: z.int().positive().default(1000),
  /** Proposals per round; a sampler that learns may prefer few. */
  batch: z.int().positive().default(1),
  /** The metric that counts; default the evaluator's first. */
  metric: z.string().optional(),
  /** Batches of validation images per evaluation, where the evaluator uses images. */
  batches: z.union([z.literal('all'), z.int().positive()]).default('all'),
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
    /** Whether an architecture may be proposed again. */
    repeats: z.boolean().default(false),
    /** Draws for each new architecture before the space counts as exhausted. */
    attempts: z.int().positive().default(1000),
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
