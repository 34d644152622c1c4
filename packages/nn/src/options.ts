import { z } from 'zod';

/** Options of a cosine that starts again, as `cosineRestarts` reads them. */
export const restartsOption = z
  .strictObject({
    first: z.number().positive().describe('epochs of the first cosine'),
    factor: z.number().min(1).default(2).describe('how many times as long each later one is'),
  })
  .optional()
  .describe('makes the cosine start again from `lr` (SGDR); absent: one cosine over all epochs');

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
