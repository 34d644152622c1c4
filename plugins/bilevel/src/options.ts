import { trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

/** Options of `strategy: { use: bilevel }`; the defaults are those of DARTS on CIFAR-10. */
export const bilevelOptions = z.strictObject({
  ...trainingFields({ epochs: 50, first: 'alpha', alphaFrom: 0 }),
  ...trainingFields({ lr: 0.025, minLr: 0.001, momentum: 0.9, nesterov: false }),
  ...trainingFields({ weightDecay: 3e-4, clip: 5 }),
  selection: z
    .strictObject({
      architectures: z.int().positive().default(100).describe('drawn by their probabilities'),
      batches: z
        .union([z.literal('all'), z.int().positive()])
        .default(1)
        .describe('of valid images that each of them is scored on'),
      finalists: z
        .int()
        .min(0)
        .default(0)
        .describe('how many of the best are scored again on all valid images'),
      every: z
        .enum(['end', 'epoch'])
        .default('end')
        .describe('once after the training, or after each epoch, which is then its architecture'),
    })
    .optional()
    .describe('ends the search with the best of drawn architectures; absent: the derived one'),
  evaluation: z
    .strictObject({
      batch: z.int().positive().default(512).describe('images per batch'),
      batchNorm: z
        .enum(['batch', 'recalibrate'])
        .default('batch')
        .describe('statistics of the batch, or re-estimated per architecture on train images'),
      recalibration: z.int().positive().default(200).describe('train batches for re-estimation'),
    })
    .prefault({})
    .describe('how studies score architectures with the inherited weights'),
});

export type BilevelOptions = z.output<typeof bilevelOptions>;
