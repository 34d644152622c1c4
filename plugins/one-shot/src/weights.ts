/** The factor of each sample's loss: path weight times sample weight; absent when all are 1. */
export function lossWeights(
  size: number,
  path: number | undefined,
  samples: Float32Array | undefined,
): Float32Array | undefined {
  if (path === undefined) return samples;
  if (samples === undefined) return new Float32Array(size).fill(path);
  return samples.map((weight) => path * weight);
}

/** Running sums of importance weights. */
export interface WeightSums {
  readonly sum: number;
  readonly squares: number;
}

/** The sums of no weights. */
export const NO_WEIGHTS: WeightSums = { sum: 0, squares: 0 };

/** The sums with more weights. */
export function addWeights({ sum, squares }: WeightSums, weights: Iterable<number>): WeightSums {
  let [s, q] = [sum, squares];
  for (const weight of weights) {
    s += weight;
    q += weight * weight;
  }
  return { sum: s, squares: q };
}

/**
 * Kish's effective sample size (Σw)²/Σw²: how many equally weighted draws are worth as much.
 * It nears 1 when a single weight outgrows all others.
 */
export function effectiveSampleSize({ sum, squares }: WeightSums): number {
  return squares > 0 ? (sum * sum) / squares : 0;
}

/** Effective sample size of the paths of an epoch, in steps; nothing where they have no weights. */
export function pathWeightMetrics(pathWeights: WeightSums): Record<string, number> {
  if (pathWeights.squares === 0) return {};
  return { 'path-effective-sample-size': effectiveSampleSize(pathWeights) };
}
