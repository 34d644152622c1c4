import { definePlugin, type Plugin } from '@archer-nas/core';
import { z } from 'zod';
import { constrainedTopK } from './constrained-top-k.ts';
import { inverseDensity } from './inverse-density.ts';
import { largeScaleEvolution } from './large-scale-evolution.ts';
import { nsga2 } from './nsga-2.ts';
import { onePlusLambda } from './one-plus-lambda.ts';
import { perturbation } from './perturbation.ts';
import { regularisedEvolution } from './regularised-evolution.ts';

const count = z.int().positive();
const rate = z.number().min(0).max(1);
const attempts = count.default(100).describe('draws for each architecture that must be new');

const regularised = definePlugin({
  id: 'regularised-evolution',
  kind: 'sampler',
  summary:
    'Regularised (ageing) evolution of AmoebaNet: the best of a sample has a child, the oldest dies.',
  options: z.strictObject({
    population: count.default(100).describe('P; for few hundred evaluations 10 to 50'),
    sample: count.default(25).describe('S, of whom the best is the parent'),
    replacement: z.boolean().default(true).describe('whether one may be drawn twice into a sample'),
  }),
  create: regularisedEvolution,
});

const largeScale = definePlugin({
  id: 'large-scale-evolution',
  kind: 'sampler',
  summary:
    'Large-scale evolution: of two random individuals the worse dies, the better has a child.',
  options: z.strictObject({
    population: z.int().min(2).default(1000).describe('individuals that are alive'),
  }),
  create: largeScaleEvolution,
});

const plusLambda = definePlugin({
  id: 'one-plus-lambda',
  kind: 'sampler',
  summary: '(1 + λ) evolution of CGP-CNN: a child that is as good replaces its parent.',
  options: z.strictObject({
    lambda: count.default(2).describe('children of each parent'),
    ties: z.enum(['child', 'parent']).default('child').describe('who stays of equals'),
    neutral: z
      .boolean()
      .default(false)
      .describe('drift among isomorphic architectures, whose children are never isomorphic'),
    attempts: count
      .default(100)
      .describe('mutations that are tried for one that is neutral or not'),
  }),
  create: onePlusLambda,
});

const sorting = definePlugin({
  id: 'nsga-2',
  kind: 'sampler',
  summary: 'NSGA-II, the search of NSGA-Net: fronts first, then crowding.',
  options: z.strictObject({
    population: count.default(40).describe('individuals that are kept'),
    offspring: count.default(40).describe('children per generation'),
    crossover: z
      .enum(['uniform', 'two-point'])
      .default('two-point')
      .describe('how the choices of two parents are mixed'),
    crossoverRate: rate.default(0.9).describe('probability with which two parents are mixed'),
    mutationRate: rate
      .optional()
      .describe('probability with which a decision changes; default one per child on average'),
    attempts,
  }),
  create: nsga2,
});

const density = definePlugin({
  id: 'inverse-density',
  kind: 'sampler',
  summary: "LEMONADE's sampling: the front has children where it is sparse in the costs.",
  options: z.strictObject({
    initial: count.default(10).describe('random architectures to begin with'),
    children: count.default(40).describe('n_pc: made per generation'),
    accepted: count.default(10).describe('n_ac: of those, evaluated'),
    bandwidth: z
      .number()
      .positive()
      .default(0.08)
      .describe("of the kernel, where the front's costs go from 0 to 1"),
    costs: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("costs of the space; default those among the objective's metrics"),
    attempts,
  }),
  create: inverseDensity,
});

/** The defaults are those of SPOS. */
const topKOptions = z
  .strictObject({
    population: count.default(50).describe('architectures per generation'),
    parents: count.default(10).describe('the best so far, from which children are made'),
    mutations: z.int().nonnegative().default(25).describe('children by mutation, per generation'),
    mutationRate: rate.default(0.1).describe('probability with which a gene is drawn anew'),
    crossovers: z.int().nonnegative().default(25).describe('children by crossover, per generation'),
    generations: z
      .int()
      .nonnegative()
      .default(20)
      .describe('generations after the first population'),
    attempts: count.default(10).describe('attempts of an operator, per child that it should make'),
    fillAttempts: count
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

const topK = definePlugin({
  id: 'constrained-top-k',
  kind: 'sampler',
  summary: 'The evolutionary search of SPOS and OFA, with hard limits on costs.',
  options: topKOptions,
  create: constrainedTopK,
});

const perturbing = definePlugin({
  id: 'perturbation',
  kind: 'sampler',
  summary: "SMASH's search: random ones, perturbations of the best, then a chain of better ones.",
  options: z.strictObject({
    random: count.default(500).describe('architectures to begin with'),
    perturbed: z.int().nonnegative().default(100).describe('perturbations of the best of these'),
    chain: z
      .int()
      .nonnegative()
      .default(100)
      .describe('perturbations of the best so far, which moves to each that is better'),
    probability: rate
      .refine((probability) => probability > 0, 'is above 0')
      .default(0.05)
      .describe('with which each decision is drawn anew, uniformly'),
  }),
  create: perturbation,
});

/** The name that it has in SPOS's manifests. */
const evolution = definePlugin({
  id: 'evolution',
  kind: 'sampler',
  summary: 'The evolutionary search of SPOS: constrained-top-k.',
  options: z.looseObject({}),
  preset: (options) => ({ ...options, use: 'constrained-top-k' }),
});

const plugins = [
  regularised,
  largeScale,
  plusLambda,
  sorting,
  density,
  topK,
  evolution,
  perturbing,
] as unknown as readonly Plugin[];
export default plugins;
