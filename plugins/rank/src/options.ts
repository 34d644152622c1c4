import { z } from 'zod';

/** Options of `study: - rank: { … }`. */
export const rankOptions = z.strictObject({
  /** Which architectures are ranked: the whole space, a random sample of it, or these. */
  architectures: z
    .union([
      z.literal('all'),
      z.strictObject({ sample: z.int().min(2) }),
      z.array(z.string()).min(2),
    ])
    .default('all'),
  /** The images that the search's scores are computed on; `test` needs `permit: test-split`. */
  images: z.enum(['valid', 'test', 'train']).default('valid'),
  /** How many batches of them. */
  batches: z.union([z.literal('all'), z.int().positive()]).default('all'),
  bootstrap: z
    .strictObject({
      resamples: z.int().positive().default(1000),
      level: z.number().gt(0).lt(1).default(0.95),
    })
    .prefault({}),
  /** Architectures scored per step: what an interruption loses at most. */
  chunk: z.int().positive().default(32),
});

export type RankOptions = z.output<typeof rankOptions>;
