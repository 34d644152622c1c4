import { completionFields } from '@archer-nas/core';
import { z } from 'zod';

/** Options of `sampler: { use: pc-nas }`. What the paper's text leaves open is in DEVIATIONS.md. */
export const searchOptions = z.strictObject({
  pool: z.int().positive().default(5).describe('P: partial models that a stage keeps'),
  ...completionFields,
  connected: z
    .boolean()
    .default(false)
    .describe('only completions whose output depends on the input count in potentials'),
  distinct: z
    .enum(['architecture', 'canonical'])
    .default('architecture')
    .describe('`canonical`: of partial models that end as one network, a pool keeps the best'),
});

export type SearchOptions = z.output<typeof searchOptions>;
