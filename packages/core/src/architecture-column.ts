import { Column } from './column.ts';
import type { Codes, SearchSpace } from './space.ts';
import type { State } from './state.ts';

/** Architectures that only grow in number, in little space. */
export interface ArchitectureColumn<A> {
  push(architecture: A): void;
  /** @throws RangeError outside of 0 to length - 1 */
  at(index: number): A;
  /** Those at `places`: their codes, choices row after row, or their notations. */
  pick(places: Int32Array): State;
}

/** Choices in bytes have one byte for each option. */
const BYTE_OPTIONS = 256;

/**
 * A column for a space's architectures: their codes; where there are none their choices, as bytes
 * where all are categorical; or, where there are no choices of fixed number, their notation.
 *
 * @param saved what `pick` gave, for `length` architectures
 */
export function architectureColumn<A>(
  space: SearchSpace<A>,
  length = 0,
  saved?: State,
): ArchitectureColumn<A> {
  const { codes, decisions = [], toChoices, fromChoices } = space;
  if (codes !== undefined) return new CodeColumn(codes, length, saved);
  const fixed = decisions.length > 0 && decisions.every(({ when }) => when === undefined);
  if (!fixed || !toChoices || !fromChoices) return new Notations(space, saved);
  const small = decisions.every(
    ({ kind, options = [] }) =>
      (kind === 'categorical' || kind === 'input') && options.length <= BYTE_OPTIONS,
  );
  const make = (n: number): Rows => (small ? new Uint8Array(n) : new Float64Array(n));
  return new Choices({
    width: decisions.length,
    make,
    toChoices: (a) => toChoices.call(space, a),
    fromChoices: (choices) => fromChoices.call(space, choices),
    rows: saved === undefined ? make(0) : (saved as Rows),
    length,
  });
}

type Rows = Uint8Array | Float64Array;

interface ChoicesOf<A> {
  readonly width: number;
  readonly make: (n: number) => Rows;
  readonly toChoices: (a: A) => readonly number[];
  readonly fromChoices: (choices: readonly number[]) => A;
  readonly rows: Rows;
  readonly length: number;
}

class Choices<A> implements ArchitectureColumn<A> {
  readonly #of: ChoicesOf<A>;
  #rows: Rows;
  #used: number;

  constructor(of: ChoicesOf<A>) {
    this.#of = of;
    this.#rows = of.rows;
    this.#used = of.length * of.width;
  }

  push(architecture: A): void {
    const choices = this.#of.toChoices(architecture);
    const { width } = this.#of;
    // A snapshot's array is full: it is copied, never written to.
    if (this.#used + width > this.#rows.length) this.#grow();
    const rows = this.#rows;
    for (let i = 0; i < width; i++) rows[this.#used++] = choices[i] as number;
  }

  at(index: number): A {
    const { width, fromChoices } = this.#of;
    const start = index * width;
    if (!(start >= 0 && start + width <= this.#used)) throw outside(index, this.#used / width);
    return fromChoices([...this.#rows.subarray(start, start + width)]);
  }

  pick(places: Int32Array): State {
    const { width, make } = this.#of;
    const picked = make(places.length * width);
    places.forEach((place, i) => {
      picked.set(this.#rows.subarray(place * width, (place + 1) * width), i * width);
    });
    return picked;
  }

  #grow(): void {
    const grown = this.#of.make(Math.max(64, 2 * (this.#used + this.#of.width)));
    grown.set(this.#rows.subarray(0, this.#used));
    this.#rows = grown;
  }
}

class CodeColumn<A> implements ArchitectureColumn<A> {
  readonly #codes: Codes<A>;
  readonly #column: Column;

  constructor(codes: Codes<A>, length: number, saved: State | undefined) {
    this.#codes = codes;
    this.#column = new Column('int32', length, saved);
  }

  push(architecture: A): void {
    this.#column.push(this.#codes.of(architecture));
  }

  at(index: number): A {
    const code = this.#column.at(index);
    if (code === undefined) throw outside(index, this.#column.length);
    return this.#codes.at(code);
  }

  pick(places: Int32Array): State {
    return this.#column.pick(places);
  }
}

class Notations<A> implements ArchitectureColumn<A> {
  readonly #space: SearchSpace<A>;
  readonly #texts: string[];

  constructor(space: SearchSpace<A>, saved: State = []) {
    this.#space = space;
    this.#texts = [...(saved as readonly string[])];
  }

  push(architecture: A): void {
    this.#texts.push(this.#space.format(architecture));
  }

  at(index: number): A {
    const text = this.#texts[index];
    if (text === undefined) throw outside(index, this.#texts.length);
    return this.#space.parse(text);
  }

  pick(places: Int32Array): State {
    return Array.from(places, (place) => this.#texts[place] as string);
  }
}

function outside(index: number, length: number): RangeError {
  return new RangeError(`there is no architecture ${index}, only 0 to ${length - 1}`);
}
