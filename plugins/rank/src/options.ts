import { architecturesSchema } from '@archer-nas/core';
import { z } from 'zod';

/** Options of `study: - rank: { … }`. */
export const rankOptions = z.strictObject({
  architectures: z
    .union([z.enum(['known', 'candidates']), architecturesSchema])
    .default('all')
    .describe(
      'the whole space, those that the truth knows, once per network, those that the search ' +
        'has chosen its result from, a random sample ' +
        '{ sample: n }, those of some options { only: […] }, or a list of architectures',
    ),
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
      resamples: z.int().positive().default(1000).describe('how many resamples'),
      level: z.number().gt(0).lt(1).default(0.95).describe('of the intervals'),
    })
    .prefault({})
    .describe('intervals by resampling architectures'),
  chunk: z
    .int()
    .positive()
    .default(1024)
    .describe('architectures given to the scores at a time: they share what they have in common'),
});

export type RankOptions = z.output<typeof rankOptions>;
