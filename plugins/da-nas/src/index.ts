import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { easyClasses, warmUpOf } from './easy-classes.ts';
import { dataOptions, pruningOptions } from './options.ts';
import { pruning } from './pruning.ts';

/** DA-NAS on the one-shot loop. Loose: other options of one-shot pass through to it. */
const strategy = definePlugin({
  id: 'da-nas',
  kind: 'strategy',
  summary: 'DA-NAS: easy classes first, and a space that is pruned before harder ones come.',
  options: z.looseObject({ ...dataOptions.shape, ...pruningOptions.omit({ stages: true }).shape }),
  preset({ shares, ranking, samples, drop, finalists, ...training }) {
    const stages = shares.length - 1;
    return {
      ...{ ...training, warmUp: warmUpOf(stages), paths: { use: 'remaining' } },
      order: { use: 'easy-classes', shares, ranking },
      search: { use: 'da-nas', stages, samples, drop, finalists },
      use: 'one-shot',
    };
  },
});

const sampler = definePlugin({
  id: 'da-nas',
  kind: 'sampler',
  summary: 'Prunes the options whose architectures are worst on average, stage by stage.',
  options: pruningOptions,
  create: pruning,
});

const order = definePlugin({
  id: 'easy-classes',
  kind: 'order',
  summary: 'Images of the easiest classes, then of more and more of them.',
  options: dataOptions,
  create: easyClasses,
});

export default [strategy, sampler, order];
