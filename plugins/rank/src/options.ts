import { z } from 'zod';

/** Options of `study: - rank: { … }`. */
export const rankOptions = z.strictObject({
  architectures: z
    .union([
      z.literal('all'),
      z.strictObject({ sample: z.int().min(2) }),
      z.array(z.string()).min(2),
    ])
    .default('all')
    .describe('the whole space, a random sample { sample: n }, or a list of architectures'),
  images: z
    .enum(['valid', 'test', 'train'])
    .default('valid')
    .describe(
      "the images that the search's scores are computed on; `test` needs `permit: test-split`",
    ),
  batches: z
    .union([z.literal('all'), z.int().positive()])
    .default('all')
    .describe('how many batches of them'),
  bootstrap: z
    .strictObject({
      resamples: z.int().positive().default(1000),
      level: z.number().gt(0).lt(1).default(0.95),
    })
    .prefault({})
    .describe('intervals by resampling architectures'),
  chunk: z
    .int()
    .positive()
    .default(32)
    .describe('architectures scored per step: what an interruption loses at most'),
});

export type RankOptions = z.output<typeof rankOptions>;
