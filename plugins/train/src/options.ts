import { restartsOption, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

/** Options of `evaluator: train`; the defaults are the training recipe of NAS-Bench-201. */
export const trainOptions = z.strictObject({
  ...trainingFields({ epochs: 200, lr: 0.1, minLr: 0 }),
  restarts: restartsOption,
  ...trainingFields({ momentum: 0.9, nesterov: true, weightDecay: 5e-4, clip: null }),
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('share of the target that is spread over all classes'),
  dropPath: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe(
      "how often an operation's output is dropped for an image; grows linearly to this in the end",
    ),
  // Without a default: the identities of trainings that never named it stay as they are.
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe('how often a value in front of the classifier is dropped; absent: never'),
  auxiliary: z
    .number()
    .min(0)
    .default(0)
    .describe("weight of the auxiliary head's loss, of spaces that have one; 0: no such head"),
  images: z
    .union([z.literal('all'), z.int().positive()])
    .default('all')
    .describe('training images, from the start of the train split'),
  recalibration: z
    .int()
    .min(0)
    .default(0)
    .describe(
      'training batches that batch norm statistics are estimated on before scoring; 0: none',
    ),
  evaluationBatch: z.int().positive().default(512).describe('images per batch when scoring'),
});

/** Parsed {@link trainOptions}. */
export type TrainOptions = z.output<typeof trainOptions>;
