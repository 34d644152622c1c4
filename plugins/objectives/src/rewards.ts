/** Exponents of {@link mnasnetReward}. */
export interface MnasnetOptions {
  /** T, in the unit of the cost. */
  readonly target: number;
  /** Exponent at or below the target. */
  readonly alpha: number;
  /** Exponent above the target. */
  readonly beta: number;
}

/**
 * acc · (cost / T)^w with w = α where cost ≤ T, else β. Tan et al., "MnasNet", CVPR 2019,
 * equation 2. Hard limit: α = 0, β = -1; soft: α = β = -0.07.
 *
 * @param accuracy share of right answers, in [0, 1]
 */
export function mnasnetReward(
  accuracy: number,
  cost: number,
  { target, alpha, beta }: MnasnetOptions,
): number {
  return accuracy * (cost / target) ** (cost <= target ? alpha : beta);
}

/**
 * acc · Π p^Vᵢ: every missed limit costs a factor, by how far it is missed. Zhou et al.,
 * "Resource-efficient neural architect", arXiv 1806.07912, section 3.4.
 *
 * @param violation Σ Vᵢ, each the share by which a limit is missed
 * @param penalty p, in (0, 1)
 */
export function renaReward(accuracy: number, violation: number, penalty: number): number {
  return accuracy * penalty ** violation;
}

/**
 * -error · ln(cost). He et al., "AMC: AutoML for model compression", ECCV 2018, equation 4.
 *
 * @param error share of wrong answers, in [0, 1]
 * @param cost above 1, for example multiply-adds
 */
export function amcReward(error: number, cost: number): number {
  return -error * Math.log(cost);
}
