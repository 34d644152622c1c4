import { createHash } from 'node:crypto';
import { philox4x32 } from './philox.ts';
import type { Stream, Streams } from './stream.ts';

/** Part of every derivation: another scheme gets another version, never other numbers. */
const VERSION = 'archer/streams@1';
const TWO_32 = 2 ** 32;

/**
 * The streams of a run. Each is Philox4x32-10 whose 64-bit key and the upper 64 bits of
 * whose counter are the first 16 bytes of SHA-256 over the JSON list
 * `[version, seed, scope path, name, indices]`; the lower 64 bits count blocks of four words.
 *
 * @param seed any safe integer
 * @throws RangeError when the seed or an index is not a safe integer
 */
export function createStreams(seed: number): Streams {
  return scoped(integer('seed', seed), []);
}

function scoped(seed: number, path: readonly string[]): Streams {
  return {
    stream(name, ...indices) {
      for (const index of indices) integer(`index of stream '${name}'`, index);
      return new PhiloxStream(derive(JSON.stringify([VERSION, seed, path, name, indices])));
    },
    scope(name) {
      return scoped(seed, [...path, name]);
    },
  };
}

function integer(what: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`${what} must be a safe integer, got ${value}`);
}

function derive(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

class PhiloxStream implements Stream {
  readonly #key: Uint32Array;
  readonly #counter: Uint32Array;
  readonly #block = new Uint32Array(4);
  /** Words of the block that are used up. */
  #used = 4;
  /** The second deviate of the last Box-Muller pair; NaN: none. */
  #spare = Number.NaN;

  constructor(digest: Buffer) {
    this.#key = Uint32Array.of(digest.readUInt32LE(0), digest.readUInt32LE(4));
    this.#counter = Uint32Array.of(0, 0, digest.readUInt32LE(8), digest.readUInt32LE(12));
  }

  uint32(): number {
    if (this.#used === 4) this.#refill();
    return this.#block[this.#used++] as number;
  }

  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) * 2 ** -53;
  }

  int(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_32) {
      throw new RangeError(`int(n) needs an integer n from 1 to 2^32, got ${n}`);
    }
    // Values above the largest multiple of n would favour small results: draw again.
    const limit = TWO_32 - (TWO_32 % n);
    let value = this.uint32();
    while (value >= limit) value = this.uint32();
    return value % n;
  }

  normal(): number {
    if (!Number.isNaN(this.#spare)) {
      const spare = this.#spare;
      this.#spare = Number.NaN;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()));
    const angle = 2 * Math.PI * this.float();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('pick needs at least one item, got none');
    return items[this.int(items.length)] as T;
  }

  weighted(weights: ArrayLike<number>): number {
    let rest = this.float() * total(weights);
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i] as number;
      if (weight === 0) continue;
      if (rest < weight) return i;
      rest -= weight;
      last = i;
    }
    return last; // only rounding gets here
  }

  shuffle<T extends { [index: number]: unknown; readonly length: number }>(items: T): T {
    const list = items as { [index: number]: unknown };
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const item = list[i];
      list[i] = list[j];
      list[j] = item;
    }
    return items;
  }

  #refill(): void {
    philox4x32(this.#counter, this.#key, this.#block);
    this.#used = 0;
    const counter = this.#counter;
    counter[0] = (counter[0] as number) + 1;
    if (counter[0] === 0) counter[1] = (counter[1] as number) + 1;
  }
}

function total(weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    if (!(weight >= 0)) throw new RangeError(`weight ${i} must not be negative, got ${weight}`);
    sum += weight;
  }
  if (sum > 0 && sum < Number.POSITIVE_INFINITY) return sum;
  throw new RangeError(`the weights must have a positive, finite sum, got ${sum}`);
}
