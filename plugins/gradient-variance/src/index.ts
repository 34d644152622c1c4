import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

/** Measures what a strategy does, whichever it is: it only looks at the gradients on their way. */
const gradient = definePlugin({
  id: 'variance',
  kind: 'gradient',
  summary: "The loss's gradient, and how much it varies over the steps of each epoch.",
  options: z.strictObject({}),
  create: async () => (await import('./observed-gradient.ts')).observedGradient,
});

export default [gradient];
