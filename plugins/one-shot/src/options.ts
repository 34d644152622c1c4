import { restartsOption, trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';

/** The exponential schedule of ENAS on text. */
export const FALLS = { factor: 0.96, from: 15 } as const;

/** A plateau's patience, as PyTorch's defaults but for the factor. */
export const WAITS = { factor: 0.5, patience: 10 } as const;

/** Of any data. */
export const togetherOption = z
  .int()
  .positive()
  .optional()
  .describe('architectures per training step, where `paths` is a sampler of them; default 1');

/** Of any data. */
export const accumulateOption = z
  .enum(['sum', 'mean'])
  .optional()
  .describe('of the gradients where a step trains several paths; default sum');

/** Of any data. */
export const selectionOption = z
  .strictObject({
    architectures: z.int().positive().default(100).describe('drawn from `paths`'),
  })
  .optional()
  .describe(
    'in place of a search: architectures that `paths` proposes, scored as there; absent: none',
  );

/** Options of `strategy: { use: one-shot }`; the defaults train NAS-Bench-201 in the usual way. */
export const oneShotOptions = z.strictObject({
  epochs: z
    .int()
    .min(0)
    .default(250)
    .describe('passes over the training images; 0: none, on the weights of another run'),
  ...trainingFields({ lr: 0.05, minLr: 0 }),
  schedule: z
    .enum(['cosine', 'linear', 'exponential', 'plateau', 'constant'])
    .default('cosine')
    .describe('how the learning rate goes from `lr` to `minLr`; exponential: as `decay` says'),
  // Without a default: the identities of searches that never named it stay as they are.
  decay: z
    .strictObject({
      factor: z.number().positive().max(1).default(FALLS.factor).describe('per epoch or step'),
      from: z
        .int()
        .min(0)
        .default(FALLS.from)
        .describe('the first of these, counted from 0, to fall'),
    })
    .optional()
    .describe('of the exponential schedule; absent: its defaults, those of ENAS on text'),
  restarts: restartsOption,
  // Without a default, as above.
  plateau: z
    .strictObject({
      factor: z.number().positive().lt(1).default(WAITS.factor).describe('of the learning rate'),
      patience: z
        .int()
        .min(0)
        .default(WAITS.patience)
        .describe('epochs in a row whose mean loss may be no better'),
    })
    .optional()
    .describe(
      'of the schedule of that name, which waits for the loss to fall; absent: its defaults',
    ),
  resets: z
    .array(z.int().positive())
    .optional()
    .describe('epochs, counted from 1, with which a plateau begins at `lr` again; absent: none'),
  every: z
    .enum(['epoch', 'step'])
    .default('epoch')
    .describe('whether the learning rate changes once per epoch or at each step'),
  ...trainingFields({ momentum: 0.9, nesterov: false, weightDecay: 2.5e-4, clip: 5 }),
  ...trainingFields({ unsampled: 'freeze' }),
  // Without a default, as above.
  accumulate: accumulateOption,
  // Without a default, as above.
  warmUp: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('share of the epochs before the first stage of a search with stages; default 0.4'),
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('share of the target that is spread over all classes'),
  // Also without a default, as `accumulate`.
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe('how often a value in front of the classifier is dropped; absent: never'),
  dropPath: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe(
      "how often an operation's output is dropped for an image, in the last step; grows linearly " +
        'over all steps to this; absent: never',
    ),
  auxiliary: z
    .number()
    .min(0)
    .optional()
    .describe("weight of the auxiliary head's loss, of spaces that have one; absent: no such head"),
  together: togetherOption,
  rewards: z
    .strictObject({
      rounds: z.int().positive().default(50).describe('after each epoch'),
      paths: z.int().positive().default(20).describe('scored in each round'),
      batch: z.int().positive().default(128).describe('images of the minibatch of each'),
    })
    .optional()
    .describe('lets `paths` learn from accuracies on minibatches of valid images; absent: no'),
  selection: selectionOption,
  evaluation: z
    .strictObject({
      batch: z
        .int()
        .positive()
        .default(512)
        .describe('images per batch; with batch statistics the scores depend on it'),
      batchNorm: z
        .enum(['batch', 'recalibrate'])
        .default('batch')
        .describe(
          'statistics of the evaluation batch, or re-estimated per architecture on train images',
        ),
      recalibration: z
        .int()
        .positive()
        .default(200)
        .describe('train batches for re-estimation, in scoring and in exports'),
      searchBatches: z
        .union([z.literal('all'), z.int().positive()])
        .default('all')
        .describe('batches of valid images that the search phase scores an architecture on'),
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

export type OneShotOptions = z.output<typeof oneShotOptions>;
