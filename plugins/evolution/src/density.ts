/**
 * Gaussian kernel density estimate at each of `at`, from `points`: with a product kernel of one
 * bandwidth, so that numbers should be of one scale.
 */
export function kernelDensity(
  points: readonly (readonly number[])[],
  at: readonly (readonly number[])[],
  bandwidth: number,
): number[] {
  const dimensions = points[0]?.length ?? 0;
  const scale = points.length * (bandwidth * Math.sqrt(2 * Math.PI)) ** dimensions;
  return at.map((place) => {
    const sum = points.reduce((total, point) => {
      const square = point.reduce((all, x, k) => all + (x - (place[k] as number)) ** 2, 0);
      return total + Math.exp(-square / (2 * bandwidth ** 2));
    }, 0);
    return sum / scale;
  });
}

/** Sampling probabilities proportional to 1 / density. */
export function inverseProbabilities(densities: readonly number[]): number[] {
  const weights = densities.map((density) => 1 / Math.max(density, Number.MIN_VALUE * 2 ** 60));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Points with each coordinate scaled so that those of `range` go from 0 to 1. */
export function minMaxScaled(
  points: readonly (readonly number[])[],
  range: readonly (readonly number[])[],
): number[][] {
  const bounds = (range[0] ?? []).map((_, k) => {
    const values = range.map((point) => point[k] as number);
    return { least: Math.min(...values), extent: Math.max(...values) - Math.min(...values) || 1 };
  });
  return points.map((point) =>
    bounds.map(({ least, extent }, k) => ((point[k] as number) - least) / extent),
  );
}
