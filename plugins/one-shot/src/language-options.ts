import { trainingFields } from '@archer-nas/nn/options';
import { z } from 'zod';
import {
  accumulateOption,
  type OneShotOptions,
  oneShotOptions,
  selectionOption,
  togetherOption,
} from './options.ts';

/** Options of `strategy: { use: one-shot-language }`; the defaults are of ENAS on words. */
export const languageOptions = z.strictObject({
  epochs: z.int().positive().default(150).describe('passes over the training text'),
  lr: z.number().positive().default(20).describe('learning rate of the first epoch'),
  // Without a default: the identities of searches that never named it stay as they are.
  lrDecay: z
    .number()
    .positive()
    .max(1)
    .optional()
    .describe('factor of the learning rate in every epoch from lrDecayFrom on; default 1'),
  lrDecayFrom: z
    .int()
    .min(0)
    .optional()
    .describe('first epoch, counted from 0, that has a smaller learning rate; default 15'),
  ...trainingFields({ weightDecay: 1e-7, clip: 0.25 }),
  together: togetherOption,
  accumulate: accumulateOption,
  rewards: z
    .strictObject({
      rounds: z.int().positive().default(2000).describe('after each epoch'),
      paths: z.int().positive().default(1).describe('scored in each round'),
    })
    .optional()
    .describe('lets `paths` learn from perplexities on windows of valid text; absent: no'),
  selection: selectionOption,
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
export function loopOptions({
  lrDecay: factor,
  lrDecayFrom: from,
  ...options
}: z.output<typeof languageOptions>): OneShotOptions {
  const schedule =
    factor === undefined
      ? { schedule: 'constant' }
      : { schedule: 'exponential', decay: { factor, from } };
  return oneShotOptions.parse({ ...options, ...schedule, momentum: 0 });
}
