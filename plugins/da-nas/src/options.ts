import { z } from 'zod';

const ascends = (shares: readonly number[]): boolean =>
  shares.at(-1) === 1 && shares.every((share, k) => share >= (shares[k - 1] ?? 0));

/** Options of the order `easy-classes`. */
export const dataOptions = z.strictObject({
  shares: z
    .array(z.number().positive().max(1))
    .nonempty()
    .default([0.4, 0.7, 1])
    .refine(ascends, 'ascends to 1')
    .describe('of the classes, phase by phase; the space is pruned between two phases'),
  ranking: z.int().positive().default(1).describe('epochs of all images, that rank the classes'),
});

/** Options of the sampler `da-nas`. */
export const pruningOptions = z.strictObject({
  stages: z.int().min(0).default(2).describe('prunings, each after a phase of the training'),
  samples: z.int().positive().default(100).describe('random architectures that a stage scores'),
  drop: z
    .number()
    .min(0)
    .lt(1)
    .default(0.4)
    .describe("share of each decision's options that a stage drops, rounded down"),
  finalists: z.int().positive().default(50).describe('architectures that are scored at last'),
});

export type DataOptions = z.output<typeof dataOptions>;
export type PruningOptions = z.output<typeof pruningOptions>;
