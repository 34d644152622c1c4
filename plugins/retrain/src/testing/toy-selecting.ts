import { definePlugin, type Evaluation, pureEvaluator, type Search } from '@archer-nas/core';
import type { Bits } from '@archer-nas/testkit';
import { z } from 'zod';

const ones = pureEvaluator<Bits>({
  metrics: [{ name: 'ones', unit: '', direction: 'maximise' }],
  description: 'number of ones',
  measure: (a) => ({ metrics: { ones: a.reduce((sum, bit) => sum + bit, 0) } }),
});

/** A search that has ended, for rows of the studies. */
export const toySelecting = [
  definePlugin({
    id: 'toy-selecting',
    kind: 'strategy',
    summary: 'Has selected two bit strings, for tests.',
    options: z.strictObject({}),
    provides: ['view:scores', 'view:candidates'],
    create: (_, { space }) => ({
      begin: async (): Promise<Search<Bits>> => {
        const evaluations = ['111100', '010000'].map((text): Evaluation<Bits> => {
          const proposal = { id: text, architecture: space.parse(text) };
          return { proposal, metrics: {}, cost: {}, status: 'final' };
        });
        return {
          state: null,
          progress: { done: 0, total: 0, unit: 'epoch' },
          views: {
            scores: ones,
            candidates: { evaluations: () => evaluations, judged: () => 2 },
          },
          incumbents: () => evaluations.slice(0, 1),
          step: async () => ({}),
          result: async () => ({ best: [], metrics: {} }),
        };
      },
    }),
  }),
];
