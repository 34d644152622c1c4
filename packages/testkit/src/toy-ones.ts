import { definePlugin, type Evaluator, pureEvaluator } from '@archer-nas/core';
import { z } from 'zod';
import type { Bits } from './toy-bits.ts';

/** Counts ones: the optimum of n bits is n ones, without noise. */
export const toyOnes = definePlugin({
  id: 'toy-ones',
  kind: 'evaluator',
  summary: 'Counts the ones of a bit string, for tests.',
  options: z.strictObject({
    noise: z
      .number()
      .nonnegative()
      .default(0)
      .describe('standard deviation of what is added, drawn once per architecture'),
    perStep: z.int().positive().default(1).describe('proposals per step'),
  }),
  requires: ['space'],
  create: ({ noise, perStep }, { space }): Evaluator<Bits> =>
    pureEvaluator<Bits>({
      metrics: [{ name: 'ones', unit: 'bits', direction: 'maximise' }],
      description: noise === 0 ? 'number of ones' : `number of ones plus noise of ${noise}`,
      perStep,
      measure(a, { streams }) {
        const ones = a.reduce((sum, bit) => sum + bit, 0);
        const error = noise * streams.scope('toy-ones').stream(space.id(a)).normal();
        return { metrics: { ones: ones + error }, cost: { images: 1 } };
      },
    }),
});
