import { z } from 'zod';
import { type OneShotOptions, oneShotOptions } from './options.ts';

/** Options of `strategy: { use: one-shot-language }`; the defaults are of ENAS on words. */
export const languageOptions = z.strictObject({
  epochs: z.int().positive().default(150).describe('passes over the training text'),
  lr: z.number().positive().default(20).describe('learning rate, the same in every epoch'),
  weightDecay: z.number().min(0).default(1e-7).describe('added to the gradient'),
  clip: z
    .number()
    .positive()
    .nullable()
    .default(0.25)
    .describe("largest global L2 norm of a step's gradients; `null`: no clipping"),
  evaluation: z
    .strictObject({
      searchBatches: z
        .union([z.literal('all'), z.int().positive()])
        .default('all')
        .describe('windows of valid text that the search phase scores an architecture on'),
      searchEvaluations: z
        .int()
        .positive()
        .optional()
        .describe(
          'most architectures that the search phase scores; absent: until its sampler is done',
        ),
    })
    .prefault({})
    .describe('how architectures are scored with the inherited weights'),
});

/** The same as options of the loop. */
export function loopOptions(options: z.output<typeof languageOptions>): OneShotOptions {
  return oneShotOptions.parse({ ...options, schedule: 'constant', momentum: 0 });
}
