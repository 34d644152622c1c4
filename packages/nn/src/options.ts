import { z } from 'zod';

/** Options of a cosine that starts again, as `cosineRestarts` reads them. */
export const restartsOption = z
  .strictObject({
    first: z.number().positive().describe('epochs of the first cosine'),
    factor: z.number().min(1).default(2).describe('how many times as long each later one is'),
  })
  .optional()
  .describe('makes the cosine start again from `lr` (SGDR); absent: one cosine over all epochs');

/** Of how weights are trained; each takes its default from a strategy's own settings. */
const TRAINING = {
  epochs: (own: number) => z.int().positive().default(own).describe('passes over the train split'),
  alphaFrom: (own: number) =>
    z
      .int()
      .min(0)
      .default(own)
      .describe('epochs at the start in which the weights alone are trained'),
  first: (own: 'alpha' | 'weights') =>
    z
      .enum(['alpha', 'weights'])
      .default(own)
      .describe('what moves first in a step: the relaxation, or the weights'),
  lr: (own: number) =>
    z.number().positive().default(own).describe('learning rate of the weights at the start'),
  minLr: (own: number) =>
    z.number().min(0).default(own).describe('learning rate of the weights at the end'),
  momentum: (own: number) => z.number().min(0).lt(1).default(own).describe('of SGD; 0: none'),
  nesterov: (own: boolean) =>
    z.boolean().default(own).describe("Nesterov's momentum instead of Polyak's"),
  weightDecay: (own: number) =>
    z.number().min(0).default(own).describe('added to the gradient before momentum'),
  clip: (own: number | null) =>
    z
      .number()
      .positive()
      .nullable()
      .default(own)
      .describe("largest global L2 norm of a step's gradients; `null`: no clipping"),
  unsampled: (own: 'freeze' | 'decay') =>
    z
      .enum(['freeze', 'decay'])
      .default(own)
      .describe(
        'parameters that a step does not use: untouched, or still moved by momentum and decay',
      ),
};
type Training = typeof TRAINING;

/**
 * Fields of an options block with a paper's settings for the weights, under the names that
 * `one-shot`, `bilevel` and `train` have for them: `trainingFields({ epochs: 250, lr: 0.05 })`.
 * What is not named keeps the default of the loop.
 */
export function trainingFields<
  Own extends { [Name in keyof Training]?: Parameters<Training[Name]>[0] },
>(own: Own) {
  const fields = Object.entries(own).map(([name, value]) => {
    const field = TRAINING[name as keyof Training] as (of: unknown) => z.ZodType;
    return [name, field(value)];
  });
  return Object.fromEntries(fields) as {
    [Name in Extract<keyof Own, keyof Training>]: ReturnType<Training[Name]>;
  };
}

/** The block `search` of a strategy that may search its trained supernet, with the sampler's id. */
export function searchOption(use: string) {
  return z
    .looseObject({ use: z.string().default(use).describe('the sampler that searches') })
    .nullable()
    .prefault({})
    .describe('of what is trained; `null` for none, as where all architectures are ranked anyway');
}

/** What {@link rowAdamFields} takes unless it is stated: α of DARTS. */
const DARTS = { lr: 3e-4, beta1: 0.5, weightDecay: 1e-3 };

/** Standard deviation of α at the start, unless it is stated: the released code of DARTS. */
const DEVIATION = 1e-3;

/**
 * Fields of an options block that `rowAdam` reads. An entry of its own, without tensors: plugins
 * describe their options before anything is computed.
 */
export function rowAdamFields(defaults: Partial<typeof DARTS> = {}) {
  const { lr, beta1, weightDecay } = { ...DARTS, ...defaults };
  return {
    lr: z.number().positive().default(lr).describe("Adam's learning rate"),
    beta1: z.number().min(0).lt(1).default(beta1).describe("Adam's β₁"),
    beta2: z.number().min(0).lt(1).default(0.999).describe("Adam's β₂"),
    weightDecay: z.number().min(0).default(weightDecay).describe('added to the gradient'),
  };
}

/** The block `alpha` of relaxations whose α starts from normal draws around 0. */
export function alphaOption(defaults: Partial<typeof DARTS> = {}) {
  return z
    .strictObject({
      ...rowAdamFields(defaults),
      init: z.number().min(0).default(DEVIATION).describe('standard deviation at the start'),
    })
    .prefault({})
    .describe('the optimiser of the architecture parameters');
}

/** Whether the supernet of a space of layers has affine batch norms. */
export const supernetAffineOption = z
  .boolean()
  .default(false)
  .describe("Whether the supernet's batch norms have scale and offset.");

/** The task that a space of layers counts its costs for. */
export const layeredCostsOption = z
  .strictObject({
    classes: z.int().min(2).default(1000).describe('Classes to tell apart.'),
    image: z.int().min(1).max(1024).default(224).describe('Side in pixels.'),
  })
  .prefault({})
  .describe('The task that params, weights and macs are counted for; ImageNet unless stated.');

/**
 * A table of what options cost, as `costRows` reads it.
 * @param cost what the numbers are, in the plugin's words
 */
export function costTable(cost: string) {
  return z
    .record(z.string(), z.number().min(0))
    .describe(`${cost} by \`option\`, or by \`site.option\` where sites differ`);
}
