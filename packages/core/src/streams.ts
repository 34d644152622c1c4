import { hash } from 'node:crypto';
import { philoxBlocks } from './philox-blocks.ts';
import type { Stream, Streams } from './stream.ts';

/** Part of every derivation: another scheme gets another version, never other numbers. */
const VERSION = 'archer/streams@1';
/** Closes the list that a sequence is derived from, so that it meets no single stream. */
const SEQUENCE = ',"sequence"';
const TWO_32 = 2 ** 32;

/**
 * The streams of a run. Each is Philox4x32-10 whose 64-bit key and the upper 64 bits of
 * whose counter are the first 16 bytes of SHA-256 over the JSON list
 * `[version, seed, scope path, name, indices]`; the lower 64 bits count blocks of four words.
 * Of a sequence, whose list ends with 'sequence', the upper 32 of them are the index.
 *
 * @param seed any safe integer
 * @throws RangeError when the seed or an index is not a safe integer
 */
export function createStreams(seed: number): Streams {
  return new ScopedStreams(`["${VERSION}",${integer('seed', seed)},[`, true);
}

class ScopedStreams implements Streams {
  /** The beginning of the JSON of every list: version, seed, and a path that is still open. */
  readonly #head: string;
  readonly #isRoot: boolean;

  constructor(head: string, isRoot: boolean) {
    this.#head = head;
    this.#isRoot = isRoot;
  }

  stream(name: string, ...indices: readonly number[]): Stream {
    for (const index of indices) integer(`index of stream '${name}'`, index);
    return new PhiloxStream(this.#words(name, indices, ''));
  }

  sequence(name: string, ...indices: readonly number[]): (index: number) => Stream {
    for (const index of indices) integer(`index of sequence '${name}'`, index);
    const stream = new PhiloxStream(this.#words(name, indices, SEQUENCE));
    return (index) => stream.moveTo(place(name, index));
  }

  scope(name: string): Streams {
    const comma = this.#isRoot ? '' : ',';
    return new ScopedStreams(`${this.#head}${comma}${JSON.stringify(name)}`, false);
  }

  #words(name: string, indices: readonly number[], rest: string): Words {
    return wordsOf(derive(`${this.#head}],${JSON.stringify(name)},[${indices}]${rest}]`));
  }
}

function integer(what: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`${what} must be a safe integer, got ${value}`);
}

/** SHA-256, a byte per character, which is the fastest to get. */
function derive(text: string): string {
  return hash('sha256', text, 'binary');
}

/** Key, and the upper half of the counter, as signed 32-bit words, the lowest byte first. */
function wordsOf(bytes: string): Words {
  const word = (at: number): number =>
    bytes.charCodeAt(at) |
    (bytes.charCodeAt(at + 1) << 8) |
    (bytes.charCodeAt(at + 2) << 16) |
    (bytes.charCodeAt(at + 3) << 24);
  return { key: [word(0), word(4)], upper: [word(8), word(12)] };
}

interface Words {
  readonly key: readonly [number, number];
  readonly upper: readonly [number, number];
}

function place(name: string, index: number): number {
  if (Number.isInteger(index) && index >= 0 && index < TWO_32) return index;
  throw new RangeError(`index of sequence '${name}' must be from 0 to 2^32 - 1, got ${index}`);
}

/** First blocks of a sequence's streams that are made at once. */
const AHEAD = 16;
/** Numbers that are no small integers, so that copies of it are made for words from the start. */
const NO_WORDS = Array.from({ length: 4 * AHEAD }, () => 0.5);

/** Its state is in plain arrays: typed ones take several times as long to make. */
class PhiloxStream implements Stream {
  readonly #key: Words['key'];
  /** Of the block that is made next: signed words, the least significant first. */
  readonly #counter: [number, number, number, number];
  /** The blocks that words are taken from: `#own` or `#firsts`. */
  #words: number[];
  /** The words of those from which on none are left. */
  #used = 0;
  #end = 0;
  readonly #own = NO_WORDS.slice(0, 8);
  /** The first blocks of a sequence's streams from `#first` on. */
  #firsts: number[] | undefined;
  #first = 0;
  /** The second deviate of the last Box-Muller pair; NaN: none. */
  #spare = Number.NaN;

  constructor({ key, upper }: Words) {
    this.#key = key;
    this.#counter = [0, 0, upper[0], upper[1]];
    this.#words = this.#own;
  }

  /** To the beginning of a sequence's stream, which this is from now on. */
  moveTo(index: number): this {
    let ahead = index - this.#first;
    if (this.#firsts === undefined || ahead < 0 || ahead >= AHEAD) {
      this.#makeFirsts(index);
      ahead = 0;
    }
    this.#words = this.#firsts as number[]; // made above
    this.#used = 4 * ahead;
    this.#end = this.#used + 4;
    this.#counter[0] = 1;
    this.#counter[1] = index | 0;
    this.#spare = Number.NaN;
    return this;
  }

  uint32(): number {
    if (this.#used === this.#end) this.#refill();
    return this.#words[this.#used++] as number;
  }

  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) * 2 ** -53;
  }

  int(n: number): number {
    if (!(n >= 1 && n <= TWO_32 && Number.isInteger(n))) {
      throw new RangeError(`int(n) needs an integer n from 1 to 2^32, got ${n}`);
    }
    // As `uint32` does, which would be a call, and its value an object where it is large.
    if (this.#used === this.#end) this.#refill();
    const value = this.#words[this.#used++] as number;
    // The remainder, exactly, as quotients lie further from the next integer than rounding moves
    // them: `%` of large numbers takes ten times as long.
    if (value < TWO_32 - n) return value - Math.floor(value / n) * n;
    return this.#unbiased(value, n);
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

  /**
   * Values above the largest multiple of n would favour small results: draws again. That multiple
   * is above 2^32 - n, so that most draws need not know it.
   */
  #unbiased(drawn: number, n: number): number {
    let value = drawn;
    const limit = TWO_32 - (TWO_32 % n);
    while (value >= limit) value = this.uint32();
    return value % n;
  }

  #refill(): void {
    const own = this.#own;
    const counter = this.#counter;
    philoxBlocks(counter, this.#key, own, 0);
    this.#words = own;
    this.#used = 0;
    this.#end = own.length;
    // A sequence's stream ends before its lower word does; another's has an even count.
    counter[0] = (counter[0] + own.length / 4) | 0;
    if (counter[0] === 0) counter[1] = (counter[1] + 1) | 0;
  }

  #makeFirsts(index: number): void {
    this.#firsts ??= NO_WORDS.slice();
    this.#first = index;
    const counter = this.#counter;
    counter[0] = 0;
    counter[1] = index | 0;
    philoxBlocks(counter, this.#key, this.#firsts, 1);
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
