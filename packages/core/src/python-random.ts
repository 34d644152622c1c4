/** Sizes and constants of MT19937 (Matsumoto and Nishimura 1998; reference code of 2002). */
const N = 624;
const M = 397;
const MATRIX_A = 0x9908b0df;
const UPPER = 0x80000000;
const LOWER = 0x7fffffff;

/**
 * The permutation of 0 … n-1 that CPython 3.2 and later make by
 * `random.seed(seed); random.shuffle(list(range(n)))`. Only for published splits and orders
 * that were made this way; everything else takes streams.
 *
 * @param seed a safe integer; as in Python, its sign does not matter
 * @throws RangeError when the seed is not a safe integer or n not an integer in [0, 2^31)
 */
export function pythonShuffle(seed: number, n: number): Int32Array {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed must be an integer, got ${seed}`);
  if (!Number.isInteger(n) || n < 0 || n > LOWER) {
    throw new RangeError(`n must be an integer in [0, 2^31), got ${n}`);
  }
  const next = mersenneTwister(words(Math.abs(seed)));
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = below(i + 1, next);
    const item = order[i] as number;
    order[i] = order[j] as number;
    order[j] = item;
  }
  return order;
}

/** The 32-bit words of an integer, least significant first, at least one. */
function words(value: number): number[] {
  const high = Math.floor(value / 2 ** 32);
  return high === 0 ? [value >>> 0] : [value >>> 0, high];
}

/** `Random._randbelow_with_getrandbits`: as many bits as n has, until below n. */
function below(n: number, next: () => number): number {
  const shift = Math.clz32(n);
  let value = next() >>> shift;
  while (value >= n) value = next() >>> shift;
  return value;
}

/** MT19937 after `init_by_array(key)`. */
function mersenneTwister(key: readonly number[]): () => number {
  const state = initByArray(key);
  let index = N;
  return () => {
    if (index === N) {
      twist(state);
      index = 0;
    }
    let y = state[index++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < N; i++) {
    const y = ((state[i] as number) & UPPER) | ((state[(i + 1) % N] as number) & LOWER);
    state[i] = (state[(i + M) % N] as number) ^ (y >>> 1) ^ (y & 1 ? MATRIX_A : 0);
  }
}

function initGenrand(seed: number): Uint32Array {
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i++) state[i] = Math.imul(1812433253, mixed(state, i)) + i;
  return state;
}

function initByArray(key: readonly number[]): Uint32Array {
  const state = initGenrand(19650218);
  let i = 1;
  const step = (): void => {
    i++;
    if (i < N) return;
    state[0] = state[N - 1] as number;
    i = 1;
  };
  for (let k = 0; k < Math.max(N, key.length); k++) {
    const j = k % key.length;
    const product = Math.imul(mixed(state, i), 1664525);
    state[i] = ((state[i] as number) ^ product) + (key[j] as number) + j;
    step();
  }
  for (let k = 0; k < N - 1; k++) {
    state[i] = ((state[i] as number) ^ Math.imul(mixed(state, i), 1566083941)) - i;
    step();
  }
  state[0] = UPPER;
  return state;
}

/** The previous word with its top bits folded in. */
function mixed(state: Uint32Array, i: number): number {
  const previous = state[i - 1] as number;
  return previous ^ (previous >>> 30);
}
