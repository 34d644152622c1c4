/** Values of one metric over seeds or repetitions. */
export interface Summary {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n - 1); NaN for fewer than two values. */
  readonly std: number;
  /** 95 % t-interval of the mean; NaN for fewer than two values. */
  readonly low: number;
  readonly high: number;
}

/** Coverage of every t-interval. */
export const INTERVAL_LEVEL = 0.95;

/** Mean, standard deviation and t-interval; a NaN among the values makes all of them NaN. */
export function summarise(values: readonly number[]): Summary {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { n, mean, std: Number.NaN, low: Number.NaN, high: Number.NaN };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const std = Math.sqrt(squares / (n - 1));
  const half = (tQuantile(INTERVAL_LEVEL, n - 1) * std) / Math.sqrt(n);
  return { n, mean, std, low: mean - half, high: mean + half };
}

/**
 * The t with P(|T| <= t) = `level` for Student's distribution with `df` degrees of freedom.
 *
 * @param level in (0, 1)
 * @throws RangeError when df is not a positive integer or level is out of range
 */
export function tQuantile(level: number, df: number): number {
  if (!Number.isInteger(df) || df < 1)
    throw new RangeError(`degrees of freedom must be a positive integer, got ${df}`);
  if (!(level > 0 && level < 1)) throw new RangeError(`level must be in (0, 1), got ${level}`);
  let low = 0;
  let high = Math.PI / 2;
  // Every halving gains one bit, and a double has 53.
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (coverage(middle, df) < level) low = middle;
    else high = middle;
  }
  return Math.tan(low) * Math.sqrt(df);
}

/**
 * P(|T| <= t) with tan(theta) = t / sqrt(df): the finite series for integer degrees of freedom
 * (Abramowitz & Stegun, 26.7.3 and 26.7.4).
 */
function coverage(theta: number, df: number): number {
  const isOdd = df % 2 === 1;
  const cosine = Math.cos(theta);
  let term = isOdd ? cosine : 1;
  let sum = df === 1 ? 0 : term;
  // Odd: cos + 2/3 cos^3 + 2*4/(3*5) cos^5 ...; even: 1 + 1/2 cos^2 + 1*3/(2*4) cos^4 ...
  for (let k = isOdd ? 3 : 2; k <= df - 2; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
}
