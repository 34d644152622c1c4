import type { Stream } from '@archer-nas/core';

const TWO_32 = 2 ** 32;

/**
 * Draws of places in a population, as few random words as they fit in: those of one tournament
 * are the digits of one number in mixed radix, which is uniform below the radices' product.
 */
export class PlaceDraws {
  readonly #places: Int32Array;
  /** Which draw took a place last, so that nothing has to be cleared. */
  #marks = new Int32Array(0);
  #draw = 0;
  /** What numbers of digits below `#size` are made of: its powers up to 2^32, and 1 over these. */
  #size = 0;
  #powers: readonly number[] = [];
  #inverses: readonly number[] = [];

  /** @param count places per draw */
  constructor(count: number) {
    this.#places = new Int32Array(count);
  }

  /** `count` places below `size`, independent of each other. Good until the next draw. */
  withReplacement(size: number, stream: Stream): Int32Array {
    const places = this.#places;
    if (this.#size !== size) this.#count(size);
    const powers = this.#powers;
    const inverses = this.#inverses;
    for (let i = 0; i < places.length; ) {
      const digits = Math.min(places.length - i, powers.length - 1);
      const word = stream.int(powers[digits] as number);
      let rest = word;
      for (let k = 1; k < digits; k++) {
        // word div size^k: no division, none that waits for another, and exact, as half a
        // unit is more than is rounded off.
        const quotient = Math.floor((word + 0.5) * (inverses[k] as number));
        places[i++] = rest - quotient * size;
        rest = quotient;
      }
      places[i++] = rest;
    }
    return places;
  }

  /**
   * Distinct places below `size`, every subset equally likely; all of them where there are fewer
   * than `count`. R. Floyd's algorithm (Communications of the ACM 30, 1987). Good until the
   * next draw.
   */
  withoutReplacement(size: number, stream: Stream): Int32Array {
    const count = Math.min(this.#places.length, size);
    const first = size - count;
    this.#digits(count, stream, (i) => first + i + 1);
    if (this.#marks.length < size) this.#marks = new Int32Array(size);
    const marks = this.#marks;
    const draw = ++this.#draw;
    const places = this.#places;
    for (let i = 0; i < count; i++) {
      if (marks[places[i] as number] === draw) places[i] = first + i;
      marks[places[i] as number] = draw;
    }
    return count === places.length ? places : places.subarray(0, count);
  }

  /** Makes ready for digits below `size`. */
  #count(size: number): void {
    const powers = [1, size];
    while (powers.length <= this.#places.length && (powers.at(-1) as number) * size <= TWO_32) {
      powers.push((powers.at(-1) as number) * size);
    }
    this.#size = size;
    this.#powers = powers;
    this.#inverses = powers.map((power) => 1 / power);
  }

  /** Fills the first `count` places, the i-th below `radix(i)`. */
  #digits(count: number, stream: Stream, radix: (i: number) => number): void {
    const places = this.#places;
    for (let i = 0; i < count; ) {
      let product = radix(i);
      let end = i + 1;
      while (end < count && product * radix(end) <= TWO_32) product *= radix(end++);
      let rest = stream.int(product) >>> 0;
      for (; i < end; i++) {
        const size = radix(i) >>> 0;
        places[i] = rest % size;
        rest = (rest / size) >>> 0;
      }
    }
  }
}
