// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop

/** A generator of random numbers in [0, 1) (mulberry32): every test draws the same. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** An integer in [low, high]. */
export function between(random: () => number, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** Numbers in (−1, 1). */
export function numbers(random: () => number, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => 2 * random() - 1);
}

/** The largest difference, relative to the largest number expected. */
export function distance(given: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (given.length !== expected.length) return Infinity;
  let [apart, scale] = [0, 1e-6];
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(given[i]! - expected[i]!);
    if (!(difference <= apart)) apart = difference;
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return apart / scale;
}

const MARGIN = 64;
const MARK = 12345.678;

/** An output of `size` numbers between marked ones; `intact` says whether the marks are. */
export function guarded(
  size: number,
  make = (length: number): Float32Array => new Float32Array(length),
): { values: Float32Array; whole: Float32Array; intact: () => boolean } {
  const whole = make(size + 2 * MARGIN).fill(MARK);
  const mark = whole[0]!;
  const values = whole.subarray(MARGIN, MARGIN + size).fill(NaN);
  const around = [...whole.keys()].filter((i) => i < MARGIN || i >= MARGIN + size);
  return { values, whole, intact: () => around.every((i) => whole[i] === mark) };
}
