import {
  definePlugin,
  type Evaluator,
  pureEvaluator,
  type SamplerRecipe,
  type Strategy,
} from '@archer-nas/core';
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

/** A search that nobody can look into. */
const toySilent = definePlugin({
  id: 'toy-silent',
  kind: 'strategy',
  summary: 'Has no views, for tests.',
  options: z.strictObject({}),
  create: (): Strategy<Bits> => ({
    begin: async () => ({
      state: null,
      progress: { done: 0, total: 1, unit: 'round' },
      views: {},
      incumbents: () => [],
      step: async () => ({}),
      result: async () => ({ best: [], metrics: {} }),
    }),
  }),
});

export const toyPlugins = [...plugins, ...toys, toyDraws, toySeconds, toySilent];
