import { z } from 'zod';

/** Options of `evaluator: train-language`; the defaults are DARTS's short evaluation on words. */
export const languageOptions = z.strictObject({
  epochs: z.int().positive().default(300).describe('passes over the training text'),
  lr: z.number().positive().default(20).describe('learning rate of the first epoch'),
  lrDecay: z
    .number()
    .positive()
    .max(1)
    .default(1)
    .describe('factor of the learning rate in every epoch from lrDecayFrom on; ENAS: 0.96'),
  lrDecayFrom: z
    .int()
    .min(0)
    .default(15)
    .describe('first epoch, counted from 0, that has a smaller learning rate'),
  weightDecay: z.number().min(0).default(8e-7).describe('added to the gradient'),
  clip: z.number().positive().nullable().default(0.25).describe('global gradient norm'),
  windows: z
    .enum(['fixed', 'varied'])
    .default('varied')
    .describe("varied: lengths around the data's window, drawn as AWD-LSTM draws them"),
  nonMonotone: z
    .int()
    .positive()
    .nullable()
    .default(5)
    .describe('n of NT-ASGD: epochs without a better one before weights are averaged; null: never'),
  keep: z
    .enum(['best', 'last'])
    .default('best')
    .describe('which weights are scored: of the best epoch on the valid split, or of the last'),
  evaluationLanes: z
    .int()
    .positive()
    .default(10)
    .describe('parallel streams of a text that perplexity is measured on'),
});

/** Parsed {@link languageOptions}. */
export type LanguageTrainOptions = z.output<typeof languageOptions>;
