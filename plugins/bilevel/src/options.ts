import { z } from 'zod';

/** Options of `strategy: { use: bilevel }`; the defaults are those of DARTS on CIFAR-10. */
export const bilevelOptions = z.strictObject({
  epochs: z.int().positive().default(50).describe('passes over the train split'),
  first: z
    .enum(['alpha', 'weights'])
    .default('alpha')
    .describe('what moves first in a step: the relaxation, or the weights'),
  alphaFrom: z
    .int()
    .min(0)
    .default(0)
    .describe('epochs at the start in which the weights alone are trained'),
  lr: z.number().positive().default(0.025).describe('learning rate of the weights at the start'),
  minLr: z.number().min(0).default(0.001).describe('where its cosine ends; constant per epoch'),
  momentum: z.number().min(0).lt(1).default(0.9).describe('of the weights'),
  nesterov: z.boolean().default(false).describe('whether momentum looks ahead'),
  weightDecay: z.number().min(0).default(3e-4).describe('of the weights, added to the gradient'),
  clip: z
    .number()
    .positive()
    .nullable()
    .default(5)
    .describe("largest global L2 norm of the weights' gradients; `null`: no clipping"),
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
