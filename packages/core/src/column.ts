import type { State } from './state.ts';

/** What a column's numbers are kept as, once they differ. */
export type ColumnType = 'float64' | 'int32';

type Values = Float64Array | Int32Array | Int16Array | Int8Array;

/** A snapshot of numbers that count up by one: the first of them. */
interface Ascending {
  readonly first: number;
}

/** Room for the first numbers that differ: typed arrays are dear to make, not to keep. */
const FIRST_ROOM = 320;

/**
 * Numbers that only grow in count. As long as all are the same, one number stands for them;
 * then a typed array. A snapshot takes the least space and never changes again: one number, the
 * first of an ascending sequence, or an array of the smallest integers that fit.
 */
export class Column {
  readonly #type: ColumnType;
  #length: number;
  /** The one value, while `#values` is absent. */
  #value: number;
  #values: Values | undefined;

  /** @param saved what {@link snapshot} gave, for `length` numbers */
  constructor(type: ColumnType, length = 0, saved: State = Number.NaN) {
    this.#type = type;
    this.#length = length;
    const isConstant = typeof saved === 'number';
    this.#value = isConstant ? saved : Number.NaN;
    this.#values = isConstant ? undefined : valuesOf(saved, length);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const values = this.#values;
    if (values === undefined) {
      if (this.#length > 0 && Object.is(this.#value, value)) this.#length++;
      else this.#pushSlowly(value);
    } else if (this.#length < values.length) {
      values[this.#length++] = value;
    } else {
      this.#pushSlowly(value);
    }
  }

  /** The same number so many times. */
  pushRun(value: number, count: number): void {
    if (count === 0) return;
    this.push(value);
    if (this.#values === undefined) this.#length += count - 1;
    else for (let i = 1; i < count; i++) this.push(value);
  }

  /** `undefined` outside of 0 to length - 1. */
  at(index: number): number | undefined {
    if (index < 0 || index >= this.#length) return undefined;
    return this.#values === undefined ? this.#value : this.#values[index];
  }

  /** The numbers from `from` to before `to`; see the constructor. */
  snapshot(from = 0, to = this.#length): State {
    const values = this.#values;
    if (values === undefined) return this.#value;
    if (to <= from) return Number.NaN;
    return smallest(values.subarray(from, to));
  }

  /** The numbers at `places`, in the least space, as {@link snapshot} gives them. */
  pick(places: Int32Array): State {
    const values = this.#values;
    if (values === undefined) return this.#value;
    if (places.length === 0) return Number.NaN;
    const picked = this.#allocate(places.length);
    for (let i = 0; i < places.length; i++) picked[i] = values[places[i] as number] as number;
    return smallest(picked);
  }

  /** A copy of the numbers from `from` to before `to`, of a column of integers. */
  integers(from: number, to: number): Int32Array {
    if (this.#values === undefined) return new Int32Array(to - from).fill(this.#value);
    return new Int32Array(this.#values.subarray(from, to));
  }

  #pushSlowly(value: number): void {
    if (this.#length === 0 && this.#values === undefined) {
      this.#value = value;
      this.#length = 1;
      return;
    }
    // An array that came from a snapshot is full: it is copied, never written to.
    const grown = this.#allocate(Math.max(FIRST_ROOM, 2 * (this.#length + 1)));
    if (this.#values === undefined) grown.fill(this.#value, 0, this.#length);
    else grown.set(this.#values);
    grown[this.#length++] = value;
    this.#values = grown;
  }

  #allocate(length: number): Values {
    return this.#type === 'float64' ? new Float64Array(length) : new Int32Array(length);
  }
}

function valuesOf(saved: State, length: number): Values {
  if (ArrayBuffer.isView(saved)) return saved as Values;
  const { first } = saved as unknown as Ascending;
  return Int32Array.from({ length }, (_, i) => first + i);
}

/** Numbers, at least one, in the least space. */
function smallest(values: Values): State {
  if (!(values instanceof Float64Array)) return compact(values);
  return isConstant(values) ? (values[0] as number) : values;
}

/** Integers as a snapshot of a column, in the least space. */
export function compactIntegers(values: Int32Array): State {
  return values.length === 0 ? Number.NaN : compact(values);
}

function isConstant(values: Values): boolean {
  const first = values[0];
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], first)) return false;
  return true;
}

/** Integers in the least space. */
function compact(values: Values): State {
  const first = values[0] as number; // never called without
  const { least, most, isAscending } = rangeOf(values);
  if (least === most) return first;
  if (isAscending) return { first };
  if (least >= -(2 ** 7) && most < 2 ** 7) return new Int8Array(values);
  return least >= -(2 ** 15) && most < 2 ** 15 ? new Int16Array(values) : values;
}

function rangeOf(values: Values) {
  const { length } = values; // asked for once: in the loop it would undo its compilation
  const first = values[0] as number;
  let least = first;
  let most = first;
  let isAscending = true;
  for (let i = 1; i < length; i++) {
    const value = values[i] as number;
    if (value < least) least = value;
    if (value > most) most = value;
    if (value !== first + i) isAscending = false;
  }
  return { least, most, isAscending };
}
