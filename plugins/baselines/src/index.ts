import { definePlugin, type Plugin } from '@archer-nas/core';
import { z } from 'zod';
import { grid } from './grid.ts';
import { localSearch } from './local-search.ts';
import { narrowing } from './narrowing.ts';

const count = z.int().positive();
const level = z.union([count, z.array(z.string()).min(1)]);

const gridSampler = definePlugin({
  id: 'grid',
  kind: 'sampler',
  summary: 'Every combination of levels once: full factorial design.',
  options: z.strictObject({
    levels: z
      .union([level, z.record(z.string(), level)])
      .optional()
      .describe(
        'options, or how many, of every decision or by decision; default all options, of numbers 5',
      ),
    order: z
      .enum(['shuffled', 'lexicographic'])
      .default('shuffled')
      .describe('a lexicographic beginning says little about the rest'),
  }),
  create: (options) => grid(options),
});

const local = definePlugin({
  id: 'local-search',
  kind: 'sampler',
  summary: 'Local search with restarts: to a better neighbour until there is none.',
  options: z.strictObject({
    move: z
      .enum(['first', 'steepest'])
      .default('first')
      .describe('to the first neighbour that is better, or to the best of all: hill climbing'),
    restarts: z.boolean().default(true).describe('from a new random start at a local maximum'),
    attempts: count.default(1000).describe('draws for a start that is new'),
  }),
  create: (options) => localSearch(options),
});

const narrow = definePlugin({
  id: 'narrowing',
  kind: 'sampler',
  summary: 'Successive narrowing: random rounds, after which decisions lose their worst options.',
  options: z.strictObject({
    samples: count.default(20).describe('architectures per round'),
    keep: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('share of the options that a round leaves, but one fewer at least'),
    score: z
      .enum(['mean', 'best'])
      .default('mean')
      .describe('of an option: the mean or the best rank of its architectures'),
    attempts: count.default(1000).describe('draws for each architecture that must be new'),
  }),
  create: (options) => narrowing(options),
});

const plugins = [gridSampler, local, narrow] as unknown as readonly Plugin[];
export default plugins;
