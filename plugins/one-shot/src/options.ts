import { z } from 'zod';

/** Options of `strategy: { use: one-shot }`; the defaults train NAS-Bench-201 in the usual way. */
export const oneShotOptions = z.strictObject({
  epochs: z.int().positive().default(250),
  /** Learning rate at the start and, where it decays, at the end. */
  lr: z.number().positive().default(0.05),
  minLr: z.number().min(0).default(0),
  schedule: z.enum(['cosine', 'linear', 'constant']).default('cosine'),
  /** Whether the learning rate changes once per epoch or at each step. */
  every: z.enum(['epoch', 'step']).default('epoch'),
  momentum: z.number().min(0).lt(1).default(0.9),
  nesterov: z.boolean().default(false),
  weightDecay: z.number().min(0).default(2.5e-4),
  /** Largest global L2 norm of a step's gradients; `null`: no clipping. */
  clip: z.number().positive().nullable().default(5),
  /** Parameters that a step does not use: untouched, or still moved by momentum and decay. */
  unsampled: z.enum(['freeze', 'decay']).default('freeze'),
  labelSmoothing: z.number().min(0).lt(1).default(0),
  /** How architectures are scored with the inherited weights. */
  evaluation: z
    .strictObject({
      /** Images per batch; with batch statistics the scores depend on it. */
      batch: z.int().positive().default(512),
      /** Statistics of the evaluation batch, or re-estimated per architecture on train images. */
      batchNorm: z.enum(['batch', 'recalibrate']).default('batch'),
      /** Train batches for re-estimation, in scoring and in exports. */
      recalibration: z.int().positive().default(200),
      /** Batches of valid images that the search phase scores an architecture on. */
      searchBatches: z.union([z.literal('all'), z.int().positive()]).default('all'),
      /** Most architectures that the search phase scores; absent: until its sampler is done. */
      searchEvaluations: z.int().positive().optional(),
    })
    .prefault({}),
});

export type OneShotOptions = z.output<typeof oneShotOptions>;
