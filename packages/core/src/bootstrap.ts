import type { Stream } from './stream.ts';

/** How {@link bootstrapInterval} resamples. */
export interface BootstrapOptions {
  /** At least 1; default 1000. */
  readonly resamples?: number;
  /** Coverage in (0, 1); default 0.95. */
  readonly level?: number;
  readonly stream: Stream;
}

/** A percentile interval. */
export interface Interval {
  /** NaN where no resample had a value. */
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /** Resamples on which the statistic was not NaN; only these count. */
  readonly resamples: number;
}

/**
 * Percentile bootstrap (Efron 1979): `n` units (architectures) are drawn with replacement,
 * the statistic is computed on them, and the interval is cut from its sorted values, with
 * linear interpolation between them.
 *
 * @param n number of units
 * @param statistic of the units at `index`, which has length n and is reused between calls
 * @throws RangeError when n or an option is out of range
 */
export function bootstrapInterval(
  n: number,
  statistic: (index: Int32Array) => number,
  { resamples = 1000, level = 0.95, stream }: BootstrapOptions,
): Interval {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`n must be at least 1, got ${n}`);
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(`resamples must be at least 1, got ${resamples}`);
  }
  if (!(level > 0 && level < 1)) throw new RangeError(`level must be in (0, 1), got ${level}`);
  const index = new Int32Array(n);
  const values = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    for (let i = 0; i < n; i++) index[i] = stream.int(n);
    values[b] = statistic(index);
  }
  const valid = values.filter((value) => !Number.isNaN(value)).sort();
  return {
    low: quantile(valid, (1 - level) / 2),
    high: quantile(valid, (1 + level) / 2),
    level,
    resamples: valid.length,
  };
}

/** The p-quantile of an ascending list (definition 7 of Hyndman and Fan); NaN when empty. */
function quantile(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = p * (sorted.length - 1);
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}
