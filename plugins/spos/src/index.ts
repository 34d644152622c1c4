import { definePlugin } from '@archer-nas/core';
import { searchOption, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

/**
 * Settings that NAS-Bench-201 comparisons train SPOS with, equal to pa-da's. Loose: other
 * options of one-shot pass through to it.
 */
const options = z.looseObject({
  ...trainingFields({ epochs: 250, lr: 0.05, momentum: 0.9, weightDecay: 2.5e-4, clip: 5 }),
  ...trainingFields({ unsampled: 'freeze' }),
  search: searchOption('evolution'),
});

/** SPOS: uniform single paths, then evolution under cost limits with inherited weights. */
const plugin = definePlugin({
  id: 'spos',
  kind: 'strategy',
  summary: 'SPOS: uniform single-path training, then evolutionary search under cost limits.',
  options,
  preset({ search, ...training }) {
    const sampling = { paths: { use: 'uniform' }, order: { use: 'shuffle' } };
    return { ...training, ...sampling, use: 'one-shot', ...(search && { search }) };
  },
});

export default plugin;
