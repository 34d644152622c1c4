import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';
import { evolution } from './evolution.ts';

/** The defaults are those of SPOS. */
const options = z
  .strictObject({
    /** Architectures per generation. */
    population: z.int().positive().default(50),
    /** The best so far, from which children are made. */
    parents: z.int().positive().default(10),
    mutations: z.int().nonnegative().default(25),
    /** Probability with which a gene is drawn anew. */
    mutationRate: z.number().min(0).max(1).default(0.1),
    crossovers: z.int().nonnegative().default(25),
    /** Generations after the first population. */
    generations: z.int().nonnegative().default(20),
    /** Attempts of an operator, per child that it should make. */
    attempts: z.int().positive().default(10),
    /** Attempts of the random fill, per architecture that is missing. */
    fillAttempts: z.int().positive().default(1000),
    /** Largest allowed costs by name, e.g. `macs: 330e6`; an architecture above is not evaluated. */
    constraint: z.record(z.string(), z.number()).default({}),
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
