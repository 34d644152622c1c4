/** Of some elements, each on its own, after `n` observations. */
export interface Moments {
  readonly n: number;
  readonly mean: Float64Array;
  /** Σ (x − mean)². */
  readonly squares: Float64Array;
}

/** Of so many elements that nobody has observed yet. */
export function noMoments(size: number): Moments {
  return { n: 0, mean: new Float64Array(size), squares: new Float64Array(size) };
}

/**
 * Welford (1962): with d = x − mean before, mean += d / n, squares += d (x − mean after). The
 * arrays are changed in place: there may be millions of elements.
 */
export function observed({ n, mean, squares }: Moments, x: ArrayLike<number>): Moments {
  for (let i = 0; i < mean.length; i++) {
    const d = (x[i] as number) - (mean[i] as number);
    mean[i] = (mean[i] as number) + d / (n + 1);
    squares[i] = (squares[i] as number) + d * ((x[i] as number) - (mean[i] as number));
  }
  return { n: n + 1, mean, squares };
}

/** Mean over the elements of their unbiased variances; NaN for fewer than two observations. */
export function meanVariance({ n, squares }: Moments): number {
  if (n < 2) return Number.NaN;
  return squares.reduce((sum, one) => sum + one, 0) / (n - 1) / squares.length;
}

/** With arrays of their own. */
export function copied({ n, mean, squares }: Moments): Moments {
  return { n, mean: mean.slice(), squares: squares.slice() };
}
