import { denseRanks, requireSameLength } from './ranks.ts';

/**
 * Kendall's tau-b, (C - D) / √((T - T_x)(T - T_y)): the agreement of two orders, 1 for the
 * same, -1 for the reverse, corrected for ties. NaN for fewer than two values and where one
 * list is constant. Knight's algorithm (JASA 1966), O(n log n).
 *
 * @throws ArcherError `ARCHER_NOT_A_NUMBER` naming the first index that is NaN
 */
export function kendallTauB(x: ArrayLike<number>, y: ArrayLike<number>): number {
  requireSameLength(x, y);
  return kendallTauBOfRanks(denseRanks(x), denseRanks(y));
}

/** {@link kendallTauB} of {@link denseRanks}, or of a resample of them, which is faster. */
export function kendallTauBOfRanks(x: Int32Array, y: Int32Array): number {
  requireSameLength(x, y);
  const n = x.length;
  const width = largest(y) + 1;
  // One number per pair, x before y: the native sort is several times faster than a comparator.
  const pairs = new Float64Array(n);
  for (let i = 0; i < n; i++) pairs[i] = (x[i] as number) * width + (y[i] as number);
  pairs.sort();
  const xSorted = new Int32Array(n);
  const ySorted = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const pair = pairs[i] as number;
    xSorted[i] = Math.floor(pair / width);
    ySorted[i] = pair - (xSorted[i] as number) * width;
  }
  const tiedX = tiedPairs(xSorted);
  const tiedBoth = tiedPairs(pairs);
  const discordant = sortCountingInversions(ySorted);
  const tiedY = tiedPairs(ySorted);
  const all = (n * (n - 1)) / 2;
  const concordant = all - discordant - tiedX - tiedY + tiedBoth;
  return (concordant - discordant) / Math.sqrt((all - tiedX) * (all - tiedY));
}

function largest(ranks: Int32Array): number {
  let max = 0;
  for (let i = 0; i < ranks.length; i++) max = Math.max(max, ranks[i] as number);
  return max;
}

/** Pairs of equal elements in a sorted list. */
function tiedPairs(sorted: ArrayLike<number>): number {
  let pairs = 0;
  let run = 0;
  for (let i = 1; i < sorted.length; i++) {
    run = sorted[i] === sorted[i - 1] ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}

/** Sorts in place; returns the number of pairs i < j with values[i] > values[j]. */
function sortCountingInversions(values: Int32Array): number {
  let from = values;
  let to: Int32Array = new Int32Array(values.length);
  let inversions = 0;
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      inversions += merge(from, to, start, width);
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return inversions;
}

/** Merges the sorted runs of `width` at `start` and behind it; returns their inversions. */
function merge(from: Int32Array, to: Int32Array, start: number, width: number): number {
  const middle = Math.min(start + width, from.length);
  const end = Math.min(start + 2 * width, from.length);
  let inversions = 0;
  let left = start;
  let right = middle;
  for (let k = start; k < end; k++) {
    const takeLeft =
      right === end || (left < middle && (from[left] as number) <= (from[right] as number));
    if (!takeLeft) inversions += middle - left;
    to[k] = (takeLeft ? from[left++] : from[right++]) as number;
  }
  return inversions;
}
