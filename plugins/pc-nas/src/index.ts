import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { searchOptions } from './options.ts';
import { pcNas } from './pc-nas.ts';

/** Loose: other options of one-shot, which trains as pa-da and spos do, pass through to it. */
const options = z.looseObject({
  ...searchOptions.shape,
  warmUp: z.number().min(0).max(1).default(0.4).describe('share of the epochs before stage 1'),
});

/** PC-NAS: stages of the search alternate with training of what the pool leaves. */
const strategy = definePlugin({
  id: 'pc-nas',
  kind: 'strategy',
  summary: 'PC-NAS: a pool of partial models narrows the space while its supernet trains.',
  options,
  preset(given) {
    const isOfSearch = ([name]: [string, unknown]) => Object.hasOwn(searchOptions.shape, name);
    const all = Object.entries(given);
    const search = { use: 'pc-nas', ...Object.fromEntries(all.filter(isOfSearch)) };
    const training = Object.fromEntries(all.filter((one) => !isOfSearch(one)));
    const parts = { paths: { use: 'remaining' }, order: { use: 'shuffle' }, search };
    return { unsampled: 'freeze', ...training, ...parts, use: 'one-shot' };
  },
});

const sampler = definePlugin({
  id: 'pc-nas',
  kind: 'sampler',
  summary: "PC-NAS's pool of partial models, for any evaluator.",
  options: searchOptions,
  create: pcNas,
});

export default [strategy, sampler];
