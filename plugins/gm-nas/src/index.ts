import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

/** GM-NAS's split, for few-shot and whatever else is trained on the one-shot loop. */
const split = definePlugin({
  id: 'gradient-matching',
  kind: 'split',
  summary: 'GM-NAS: two groups of options whose gradients of the shared weights agree.',
  options: z.strictObject({
    epochs: z
      .array(z.int().positive())
      .nonempty()
      .default([20, 50])
      .describe('that every supernet is trained after each of the splits'),
    repetitions: z
      .int()
      .positive()
      .default(100)
      .describe('random paths and batches that gradients are compared on, for each decision'),
    cut: z
      .enum(['sum', 'mean'])
      .default('sum')
      .describe('of the distances within a group, which has to be small'),
    last: z
      .enum(['everything', 'weights', 'nothing'])
      .default('everything')
      .describe('what the supernets of the last split take over; nothing: restart=final'),
  }),
  create: async (own) => (await import('./gradient-matching.ts')).gradientMatching(own),
});

export default split;
