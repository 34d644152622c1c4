/** How cuts are compared. */
export interface CutOptions {
  /** Of the distances within a group: their `sum`, or `mean`, so that sizes do not matter. */
  readonly cut: 'sum' | 'mean';
}

/** The best cut of a decision's options into two groups. */
export interface Cut {
  readonly groups: readonly [readonly number[], readonly number[]];
  /** Total − within: how much is cut. */
  readonly score: number;
}

/**
 * The cut into ⌊n/2⌋ and the other options with the least distance within its groups, the first of
 * equals: 10 cuts of 5 options into 2 and 3.
 *
 * @param distances symmetric, [n · n], n at least 2
 */
export function bestCut(distances: ArrayLike<number>, { cut }: CutOptions): Cut {
  const n = Math.round(Math.sqrt(distances.length));
  const all = [...Array(n).keys()];
  const within = (group: readonly number[]): number => {
    const pairs = group.flatMap((i, at) =>
      group.slice(at + 1).map((j) => distances[i * n + j] ?? 0),
    );
    const sum = pairs.reduce((total, d) => total + d, 0);
    return cut === 'sum' || pairs.length === 0 ? sum : sum / pairs.length;
  };
  const total = within(all);
  const cuts = subsets(all, Math.floor(n / 2)).map((first): Cut => {
    const second = all.filter((option) => !first.includes(option));
    return { groups: [first, second], score: total - within(first) - within(second) };
  });
  return cuts.reduce((best, one) => (one.score > best.score ? one : best));
}

/** Those of `size` items, in lexicographic order. */
function subsets(items: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return items.flatMap((first, at) =>
    subsets(items.slice(at + 1), size - 1).map((rest) => [first, ...rest]),
  );
}
