import { ArcherError } from './errors.ts';

/**
 * Position of each value among the distinct values, from 0 for the smallest: equal values,
 * equal ranks. What rank statistics need to know of their input.
 *
 * @throws ArcherError `ARCHER_NOT_A_NUMBER` naming the first index that is NaN
 */
export function denseRanks(values: ArrayLike<number>): Int32Array {
  const sorted = requireNumbers(values).sort();
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const ranks = new Int32Array(values.length);
  for (let i = 0; i < ranks.length; i++) ranks[i] = lowerBound(distinct, values[i] as number);
  return ranks;
}

/**
 * A copy of the values, with one zero instead of 0 and -0, which sorting would tell apart.
 *
 * @throws ArcherError `ARCHER_NOT_A_NUMBER` naming the first index that is NaN
 */
export function requireNumbers(values: ArrayLike<number>): Float64Array {
  const copy = new Float64Array(values.length);
  for (let i = 0; i < copy.length; i++) copy[i] = comparable(values, i);
  return copy;
}

/** Number of elements of an ascending list that are smaller than `value`. */
function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function comparable(values: ArrayLike<number>, i: number): number {
  const value = values[i] as number;
  if (!Number.isNaN(value)) return value + 0;
  throw new ArcherError(
    'ARCHER_NOT_A_NUMBER',
    `cannot rank value ${i} of ${values.length}: it is NaN`,
    { hint: 'Leave failed evaluations out before ranking.' },
  );
}

/** @throws RangeError unless both lists have the same length */
export function requireSameLength(x: ArrayLike<unknown>, y: ArrayLike<unknown>): void {
  if (x.length === y.length) return;
  throw new RangeError(`expected lists of equal length, got ${x.length} and ${y.length}`);
}
