import { z } from 'zod';

/** Options of `sampler: { use: pc-nas }`. What the paper's text leaves open is in DEVIATIONS.md. */
export const searchOptions = z.strictObject({
  pool: z.int().positive().default(5).describe('P: partial models that a stage keeps'),
  samples: z.int().positive().default(20).describe('Z: completions that a potential is a mean of'),
  exact: z
    .int()
    .min(0)
    .optional()
    .describe('most completions that are all scored instead of Z random ones; default Z'),
  attempts: z.int().positive().default(100).describe('R: at most R·Z draws for Z legal ones'),
  constraint: z
    .record(z.string(), z.number())
    .default({})
    .describe('largest values of costs of the space'),
  latency: z
    .strictObject({
      most: z.number().describe('the latency limit'),
      base: z.number().default(0).describe('what every architecture has'),
      table: z.array(z.array(z.number())).describe('per mixop, one entry per candidate'),
    })
    .optional()
    .describe('a limit on Σ of a latency table, in the unit of the table; none unless stated'),
  chance: z
    .number()
    .optional()
    .describe(
      'completions no better than this do not count, 10 for CIFAR-10; all do unless stated',
    ),
});

export type SearchOptions = z.output<typeof searchOptions>;
