/** N(mean, variance). */
export interface Gaussian {
  readonly mean: number;
  readonly variance: number;
}

/** The normalised product: precisions add up, and weigh the means. */
export function product(factors: readonly Gaussian[]): Gaussian {
  const precision = factors.reduce((sum, { variance }) => sum + 1 / variance, 0);
  const weighed = factors.reduce((sum, { mean, variance }) => sum + mean / variance, 0);
  return { mean: weighed / precision, variance: 1 / precision };
}

/** KL(p ‖ q) in nats. */
export function klOfGaussians(p: Gaussian, q: Gaussian): number {
  const ratio = p.variance / q.variance;
  return (ratio - 1 - Math.log(ratio) + (p.mean - q.mean) ** 2 / q.variance) / 2;
}

/**
 * The toy of posterior fading: models with likelihoods N(θ; μ_i, σ²) and a flat prior. The
 * weights of model 0 alone have the posterior N(μ_0, σ²), those that all share the product;
 * KL(p_alone ‖ p_share) in nats.
 */
export function toyFading(means: readonly number[], variance = 1): number {
  const alone = means.map((mean): Gaussian => ({ mean, variance }));
  return klOfGaussians(alone[0] as Gaussian, product(alone)); // there is a model
}
