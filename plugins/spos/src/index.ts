import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

/** Largest costs that the search may choose, e.g. `{ macs: 330e6 }`. */
const limits = z.record(z.string(), z.number().positive());

/**
 * Settings that NAS-Bench-201 comparisons train SPOS with, equal to pa-da's. Loose: other
 * options of one-shot pass through to it.
 */
const options = z.looseObject({
  epochs: z.int().positive().default(250),
  lr: z.number().positive().default(0.05),
  momentum: z.number().min(0).lt(1).default(0.9),
  weightDecay: z.number().min(0).default(2.5e-4),
  clip: z.number().positive().nullable().default(5),
  unsampled: z.enum(['freeze', 'decay']).default('freeze'),
  /** The search of the trained supernet; `null` for none, as where all cells are ranked. */
  search: z
    .looseObject({ use: z.string().default('evolution') })
    .nullable()
    .prefault({}),
  limits: limits.optional(),
});

/** SPOS: uniform single paths, then evolution under cost limits with inherited weights. */
const plugin = definePlugin({
  id: 'spos',
  kind: 'strategy',
  summary: 'SPOS: uniform single-path training, then evolutionary search under cost limits.',
  options,
  preset({ search, limits: most, ...training }) {
    const block = {
      ...training,
      use: 'one-shot',
      paths: { use: 'uniform' },
      order: { use: 'shuffle' },
    };
    if (search === null) return block;
    return { ...block, search: most ? { ...search, limits: most } : search };
  },
});

export default plugin;
