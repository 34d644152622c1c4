import { definePlugin, type Evaluator, pureEvaluator, type SamplerRecipe } from '@archer-nas/core';
import toys, { type Bits } from '@archer-nas/testkit';
import { z } from 'zod';
import plugins from '../index.ts';

/** Draws with replacement, and remembers how many evaluations it knew at each proposal. */
const draws: SamplerRecipe = {
  name: 'draws',
  begin({ space }, saved) {
    let { proposed, observed } = (saved ?? { proposed: 0, observed: 0 }) as {
      proposed: number;
      observed: number;
    };
    return {
      get state() {
        return { proposed, observed };
      },
      propose(n, stream) {
        return Array.from({ length: n }, () => ({
          id: `draw-${proposed++}`,
          parent: `known-${observed}`,
          architecture: space.sample(stream),
        }));
      },
      observe(evaluations) {
        observed += evaluations.length;
      },
    };
  },
};

const toyDraws = definePlugin({
  id: 'random',
  kind: 'sampler',
  summary: 'Uniform draws, for tests.',
  options: z.strictObject({}),
  create: () => draws,
});

/** A bit string of k ones takes k seconds and 2 k epochs; `slow` has no look-up. */
const toySeconds = definePlugin({
  id: 'toy-seconds',
  kind: 'evaluator',
  summary: 'Counts ones, at a cost, for tests.',
  options: z.strictObject({ lookUp: z.boolean().default(true), costs: z.boolean().default(true) }),
  create({ lookUp, costs }): Evaluator<Bits> {
    const { lookUp: look, ...rest } = pureEvaluator<Bits>({
      metrics: [{ name: 'ones', unit: 'bits', direction: 'maximise' }],
      perStep: 1,
      measure(a) {
        const ones = a.reduce((sum, bit) => sum + bit, 0);
        return { metrics: { ones }, cost: costs ? { seconds: ones, epochs: 2 * ones } : {} };
      },
    });
    return lookUp && look ? { ...rest, lookUp: look } : rest;
  },
});

/** Many ones, little `params`: both of a toy bit string. */
const toyPair = definePlugin({
  id: 'toy-pair',
  kind: 'objective',
  summary: 'Ones against params, for tests.',
  options: z.strictObject({ most: z.number().default(Number.POSITIVE_INFINITY) }),
  create: ({ most }) => ({
    metrics: [
      { name: 'ones', unit: 'bits', direction: 'maximise' },
      { name: 'params', unit: 'count', direction: 'minimise' },
    ],
    constraints: [{ metric: 'params', at: 'most', limit: most }],
    violation: ({ params = 0 }) => Math.max(0, params - most),
    compare(a, b) {
      const ones = Math.sign((b.ones ?? 0) - (a.ones ?? 0));
      const params = Math.sign((a.params ?? 0) - (b.params ?? 0));
      if (ones === params) return ones as -1 | 0 | 1;
      if (ones === 0 || params === 0) return (ones + params) as -1 | 1;
      return undefined;
    },
  }),
});

export const toyPlugins = [...plugins, ...toys, toyDraws, toySeconds, toyPair];
