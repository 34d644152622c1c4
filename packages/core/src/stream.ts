/**
 * A counter-based random generator. Streams are named and derived, never shared: whoever
 * draws asks for its own (`streams.stream('paths', step)`), so an extra draw elsewhere
 * cannot shift it and there is nothing to save in a checkpoint.
 */
export interface Stream {
  /** 32 random bits as an unsigned integer. */
  uint32(): number;
  /** Uniform in [0, 1) with 53 random bits. */
  float(): number;
  /** Uniform integer in [0, n), without bias. @throws RangeError unless 1 ≤ n ≤ 2^32 */
  int(n: number): number;
  /** Standard normal deviate (Box-Muller). */
  normal(): number;
  /** One element, uniformly. @throws RangeError when empty */
  pick<T>(items: readonly T[]): T;
  /** An index with probability proportional to its weight. @throws RangeError on bad weights */
  weighted(weights: ArrayLike<number>): number;
  /** Fisher-Yates in place; returns its argument. */
  shuffle<T extends { [index: number]: unknown; readonly length: number }>(items: T): T;
}

/** The source of a run's streams, fixed by the run's seed. */
export interface Streams {
  /** The stream of (seed, name, indices): the same arguments give the same numbers. */
  stream(name: string, ...indices: readonly number[]): Stream;
  /**
   * Streams numbered from 0 under one name, independent of each other and of
   * `stream(name, …)`: for a loop that needs one per evaluation, because the name is hashed
   * once for all of them. Each is good for 2^34 words, and until the next one is asked for:
   * they are one object, which moves.
   */
  sequence(name: string, ...indices: readonly number[]): (index: number) => Stream;
  /** A source whose names are prefixed, for a part that must not meet its neighbours. */
  scope(name: string): Streams;
}
