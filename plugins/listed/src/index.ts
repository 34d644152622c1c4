import { definePlugin, type Plugin } from '@archer-nas/core';
import { z } from 'zod';
import { listedSampler } from './listed-sampler.ts';

const shape = {
  architectures: z
    .array(z.string().min(1))
    .default([])
    .describe("in the space's notation; a run needs at least one"),
};

/** Loose: other options of `search` pass through to it. */
const strategy = definePlugin({
  id: 'listed',
  kind: 'strategy',
  summary: 'Evaluates listed architectures: published ones, or what a search has found.',
  options: z.looseObject(shape),
  preset: ({ architectures, ...options }) => ({
    evaluations: Math.max(architectures.length, 1),
    ...options,
    use: 'search',
    sampler: { use: 'listed', architectures },
  }),
});

const sampler = definePlugin({
  id: 'listed',
  kind: 'sampler',
  summary: 'The architectures that the manifest lists, each once and in order.',
  options: z.strictObject(shape),
  create: ({ architectures }) => listedSampler(architectures),
});

const plugins = [strategy, sampler] as unknown as readonly Plugin[];
export default plugins;
