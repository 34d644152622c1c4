import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

/**
 * A strategy for tests that breaks down by chance: its weights take a random step each round,
 * and in a share of the rounds they and the loss become NaN. What it evaluates depends on its
 * weights, so that a state or a stream that is not the right one cannot go unseen. Plain
 * JavaScript, because killed processes load it too.
 */
export const toyWalk = definePlugin({
  id: 'toy-walk',
  kind: 'strategy',
  summary: 'A random walk that breaks down by chance, for tests.',
  options: z.strictObject({
    rounds: z.int().positive().default(12),
    /** Probability of a breakdown in a round. */
    breaks: z.number().min(0).max(1).default(0),
    /** Rounds in which it breaks down whatever is drawn. */
    always: z.array(z.int().nonnegative()).default([]),
    /** What a breakdown reports. */
    value: z.enum(['NaN', 'Infinity', '-Infinity']).default('NaN'),
    metric: z.string().default('loss'),
  }),
  requires: ['evaluator'],
  provides: ['view:scores'],
  create: (options, { space, evaluator }) => ({
    begin: async (context, saved) => walk(options, { space, evaluator }, context, saved),
  }),
});

function walk({ rounds, breaks, always, value, metric }, { space, evaluator }, { streams }, saved) {
  let now = saved ?? { round: 0, weights: new Float64Array(4) };
  const incumbents = () => [
    {
      proposal: { id: 'walk', architecture: space.parse(bits(now.weights)) },
      metrics: { ones: now.weights.reduce((sum, weight) => sum + weight, 0) },
      cost: {},
      status: 'final',
    },
  ];
  return {
    get state() {
      return { ...now, weights: now.weights.slice() };
    },
    get progress() {
      return { done: now.round, total: rounds, unit: 'round' };
    },
    views: { scores: evaluator },
    incumbents,
    async step() {
      const stream = streams.stream('walk', now.round);
      const isBroken = stream.float() < breaks || always.includes(now.round);
      const weights = now.weights.map((weight) =>
        isBroken ? Number.NaN : weight + stream.normal(),
      );
      const loss = isBroken ? Number(value) : weights.reduce((sum, w) => sum + w * w, 0);
      now = { round: now.round + 1, weights };
      return { metrics: { lr: 0.1, [metric]: loss } };
    },
    async result() {
      return { best: incumbents(), metrics: { first: now.weights[0] } };
    },
  };
}

function bits(weights) {
  return [...weights].map((weight) => (weight > 0 ? '11' : '00')).join('');
}
