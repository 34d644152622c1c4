import { completionFields } from '@archer-nas/core';
import { z } from 'zod';

/** Options of `sampler: { use: pc-nas }`. What the paper's text leaves open is in DEVIATIONS.md. */
export const searchOptions = z.strictObject({
  pool: z.int().positive().default(5).describe('P: partial models that a stage keeps'),
  ...completionFields,
  chance: z
    .number()
    .optional()
    .describe('completions no better do not count, 10 for CIFAR-10; all do unless stated'),
});

export type SearchOptions = z.output<typeof searchOptions>;
