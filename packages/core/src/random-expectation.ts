import { requireNumbers } from './ranks.ts';

/** Mean and standard deviation of a random variable. */
export interface Moments {
  readonly mean: number;
  readonly std: number;
}

/**
 * What random search ends with, exactly: of `n` uniform draws with replacement, the one with
 * the largest reward is taken, and its truth is reported. The i-th smallest of N rewards is
 * the largest of n draws with probability (i/N)ⁿ - ((i-1)/N)ⁿ; equal rewards share theirs.
 *
 * @param rewards one per architecture of the space, larger is better
 * @param truth what is reported of each, in the same order
 * @throws ArcherError `ARCHER_NOT_A_NUMBER` naming the first reward that is NaN
 */
export function randomSearchExpectation(
  rewards: ArrayLike<number>,
  truth: ArrayLike<number>,
  n: number,
): Moments {
  const size = rewards.length;
  const known = requireNumbers(rewards);
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (a, b) => (known[a] as number) - (known[b] as number),
  );
  let mean = 0;
  let square = 0;
  for (let from = 0; from < size; ) {
    let to = from + 1;
    while (to < size && rewards[order[to] as number] === rewards[order[from] as number]) to++;
    const chance = ((to / size) ** n - (from / size) ** n) / (to - from);
    for (let i = from; i < to; i++) {
      const value = truth[order[i] as number] as number;
      mean += chance * value;
      square += chance * value * value;
    }
    from = to;
  }
  return { mean, std: Math.sqrt(Math.max(0, square - mean * mean)) };
}
