/** Answer of {@link wilcoxonSignedRank}. */
export interface SignedRankTest {
  /** Pairs whose difference is not zero. */
  readonly n: number;
  /** Sum of the ranks of positive differences. */
  readonly positive: number;
  /** Two-sided; 1 when no difference is left. */
  readonly p: number;
}

/**
 * Wilcoxon's signed-rank test of paired differences: are positive and negative differences
 * equally likely at every size? Exact for any ties, given the sizes that were observed; zero
 * differences are dropped (Wilcoxon 1945; Hollander and Wolfe, section 3.1).
 *
 * @throws RangeError when a difference is NaN
 */
export function wilcoxonSignedRank(differences: ArrayLike<number>): SignedRankTest {
  const kept = Array.from(differences, (value) => {
    if (Number.isNaN(value)) throw new RangeError('a paired difference is NaN');
    return value;
  }).filter((value) => value !== 0);
  const doubled = doubledMidranks(kept.map(Math.abs));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const positive = doubled.reduce((sum, rank, i) => sum + ((kept[i] as number) > 0 ? rank : 0), 0);
  const tail = lowerTail(doubled, Math.min(positive, total - positive));
  return { n: kept.length, positive: positive / 2, p: Math.min(1, 2 * tail) };
}

/**
 * Holm's correction for several tests (Scandinavian Journal of Statistics, 1979): p values
 * that may each be compared with the level, in the order given.
 * @throws RangeError for a p value that is NaN
 */
export function holm(ps: readonly number[]): number[] {
  if (ps.some(Number.isNaN)) throw new RangeError('a p value is NaN');
  const order = ps.map((_, i) => i).sort((a, b) => (ps[a] as number) - (ps[b] as number));
  const adjusted = new Array<number>(ps.length);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * (ps[index] as number)));
    adjusted[index] = largest;
  });
  return adjusted;
}

/** Twice the ranks, equal values sharing the mean of theirs: integers even with ties. */
function doubledMidranks(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return values.map((value) => {
    const first = sorted.indexOf(value);
    const last = sorted.lastIndexOf(value);
    return first + last + 2;
  });
}

/** P(sum of a random half of the ranks ≤ limit): each rank counts with probability 1/2. */
function lowerTail(ranks: readonly number[], limit: number): number {
  const chance = new Float64Array(limit + 1);
  chance[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached = Math.min(limit, reached + rank);
    for (let sum = reached; sum >= 0; sum--) {
      const without = chance[sum] as number;
      const taken = sum >= rank ? (chance[sum - rank] as number) : 0;
      chance[sum] = (without + taken) / 2;
    }
  }
  return chance.reduce((sum, value) => sum + value, 0);
}
