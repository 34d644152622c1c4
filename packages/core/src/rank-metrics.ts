import { denseRanks, requireNumbers, requireSameLength } from './ranks.ts';

/**
 * Spearman's rank correlation: Pearson's correlation of the ranks, tied values sharing
 * their average rank. NaN for fewer than two values and where one list is constant.
 *
 * @throws ArcherError `ARCHER_NOT_A_NUMBER` naming the first index that is NaN
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  requireSameLength(x, y);
  return spearmanOfRanks(denseRanks(x), denseRanks(y));
}

/** {@link spearman} of {@link denseRanks}, or of a resample of them, which is faster. */
export function spearmanOfRanks(x: Int32Array, y: Int32Array): number {
  requireSameLength(x, y);
  const a = centredRanks(x);
  const b = centredRanks(y);
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const ai = a[i] as number;
    const bi = b[i] as number;
    ab += ai * bi;
    aa += ai * ai;
    bb += bi * bi;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Average rank of each element among all, minus the mean of the ranks. */
function centredRanks(dense: Int32Array): Float64Array {
  const count = new Int32Array(dense.reduce((max, rank) => Math.max(max, rank), 0) + 1);
  for (const rank of dense) count[rank] = (count[rank] as number) + 1;
  let smaller = 0;
  const average = Float64Array.from(count, (tied) => {
    const rank = smaller + (tied - 1) / 2;
    smaller += tied;
    return rank - (dense.length - 1) / 2;
  });
  const ranks = new Float64Array(dense.length);
  for (let i = 0; i < ranks.length; i++) ranks[i] = average[dense[i] as number] as number;
  return ranks;
}

/** P@Top of a ranking, with what other orders of tied values would have given. */
export interface Precision {
  /** Ties broken by ascending id. */
  readonly value: number;
  /** The smallest and largest value over ascending and descending ids in either list. */
  readonly low: number;
  readonly high: number;
}

/**
 * P@Top: the share of the K best by prediction that are among the K best in truth, with
 * K = ⌊n · fraction⌋ and larger values better. Of tied values the one with the smaller id
 * counts as better. NaN when K is 0.
 *
 * @param ids the identity of each value: all numbers, or all strings (compared by code units)
 * @param fraction in (0, 1], e.g. 0.05 for P@Top5%
 * @throws RangeError for another fraction, or lists of different lengths
 * @throws ArcherError `ARCHER_NOT_A_NUMBER` naming the first index that is NaN
 */
export function precisionAtTop(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  ids: ArrayLike<number> | ArrayLike<string>,
  fraction: number,
): Precision {
  requireSameLength(predicted, truth);
  requireSameLength(predicted, ids);
  if (!(fraction > 0 && fraction <= 1)) {
    throw new RangeError(`fraction must be in (0, 1], got ${fraction}`);
  }
  // Products such as 0.29 · 100 come out a little below the integer that is meant.
  const k = Math.floor(predicted.length * fraction + 1e-9);
  const up = ascending(ids);
  const down: Order = (a, b) => up(b, a);
  const [p, t] = [bestFirst(predicted, k), bestFirst(truth, k)];
  const [pUp, pDown, tUp, tDown] = [top(p, up), top(p, down), top(t, up), top(t, down)];
  const value = overlap(pUp, tUp) / k;
  const others = [
    value,
    overlap(pUp, tDown) / k,
    overlap(pDown, tUp) / k,
    overlap(pDown, tDown) / k,
  ];
  return { value, low: Math.min(...others), high: Math.max(...others) };
}

type Order = (a: number, b: number) => number;

function ascending(ids: ArrayLike<number> | ArrayLike<string>): Order {
  return (a, b) => {
    const [idA, idB] = [ids[a] as number | string, ids[b] as number | string];
    return idA < idB ? -1 : idA > idB ? 1 : 0;
  };
}

/** The k best values of a list before ties are broken. */
interface Best {
  /** 1 at every index whose value is among the best, however ties are broken. */
  readonly sure: Uint8Array;
  /** Indices of the value at the threshold, and how many of them belong to the k best. */
  readonly tied: readonly number[];
  readonly places: number;
}

function bestFirst(list: ArrayLike<number>, k: number): Best {
  const values = requireNumbers(list);
  const threshold = k === 0 ? Number.NaN : values.slice().sort()[values.length - k];
  const sure = new Uint8Array(values.length);
  const tied: number[] = [];
  let places = k;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value === threshold) tied.push(i);
    if (!(value > (threshold as number))) continue;
    sure[i] = 1;
    places--;
  }
  return { sure, tied, places };
}

/** Marks the k best; those tied at the threshold enter in the given order. */
function top({ sure, tied, places }: Best, order: Order): Uint8Array {
  const marks = sure.slice();
  for (const i of [...tied].sort(order).slice(0, places)) marks[i] = 1;
  return marks;
}

function overlap(a: Uint8Array, b: Uint8Array): number {
  let both = 0;
  for (let i = 0; i < a.length; i++) both += (a[i] as number) & (b[i] as number);
  return both;
}
