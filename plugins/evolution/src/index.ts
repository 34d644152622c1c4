import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { evolution } from './evolution.ts';

/** The defaults are those of SPOS. */
const options = z
  .strictObject({
    population: z.int().positive().default(50).describe('architectures per generation'),
    parents: z
      .int()
      .positive()
      .default(10)
      .describe('the best so far, from which children are made'),
    mutations: z.int().nonnegative().default(25),
    mutationRate: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('probability with which a gene is drawn anew'),
    crossovers: z.int().nonnegative().default(25),
    generations: z
      .int()
      .nonnegative()
      .default(20)
      .describe('generations after the first population'),
    attempts: z
      .int()
      .positive()
      .default(10)
      .describe('attempts of an operator, per child that it should make'),
    fillAttempts: z
      .int()
      .positive()
      .default(1000)
      .describe('attempts of the random fill, per architecture that is missing'),
    constraint: z
      .record(z.string(), z.number())
      .default({})
      .describe(
        'largest allowed costs by name, e.g. `macs: 330e6`; an architecture above is not evaluated',
      ),
  })
  .refine(({ population, mutations, crossovers }) => mutations + crossovers <= population, {
    message: 'mutations + crossovers must not exceed population',
  });

const plugin = definePlugin({
  id: 'evolution',
  kind: 'sampler',
  summary: 'The evolutionary search of SPOS, with hard limits on costs.',
  options,
  create: (parsed) => evolution(parsed),
});
export default plugin;
