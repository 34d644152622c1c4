import { type Numbers, type NumberType, numbersOf, Pages } from './pages.ts';
import type { State } from './state.ts';

/** A snapshot of numbers that count up by one: the first of them. */
interface Ascending {
  readonly first: number;
}

/**
 * Numbers that only grow in count. As long as all are the same, one number stands for them;
 * then typed arrays. A snapshot takes the least space and never changes again: one number, the
 * first of an ascending sequence, or an array of the smallest integers that fit.
 */
export class Column {
  readonly #type: NumberType;
  /** The one value, and how often, while `#pages` is absent. */
  #value: number;
  #count: number;
  #pages: Pages | undefined;

  /** @param saved what {@link snapshot} gave, for `length` numbers */
  constructor(type: NumberType, length = 0, saved: State = Number.NaN) {
    this.#type = type;
    this.#count = length;
    const isConstant = typeof saved === 'number';
    this.#value = isConstant ? saved : Number.NaN;
    this.#pages = isConstant ? undefined : new Pages(type, valuesOf(saved, length));
  }

  get length(): number {
    return this.#pages === undefined ? this.#count : this.#pages.length;
  }

  push(value: number): void {
    if (this.#pages !== undefined) this.#pages.push(value);
    else if (this.#count > 0 && Object.is(this.#value, value)) this.#count++;
    else this.#pushOther(value);
  }

  /** The same number so many times. */
  pushRun(value: number, count: number): void {
    if (count === 0) return;
    this.push(value);
    if (this.#pages === undefined) this.#count += count - 1;
    else for (let i = 1; i < count; i++) this.#pages.push(value);
  }

  /** `undefined` outside of 0 to length - 1. */
  at(index: number): number | undefined {
    if (index < 0 || index >= this.length) return undefined;
    return this.#pages === undefined ? this.#value : this.#pages.at(index);
  }

  /** The numbers from `from` to before `to`; see the constructor. */
  snapshot(from = 0, to = this.length): State {
    if (this.#pages === undefined) return this.#value;
    return to <= from ? Number.NaN : smallest(this.#pages.slice(from, to));
  }

  /** The numbers at `places`, in the least space, as {@link snapshot} gives them. */
  pick(places: Int32Array): State {
    const pages = this.#pages;
    if (pages === undefined) return this.#value;
    if (places.length === 0) return Number.NaN;
    const picked = numbersOf(this.#type, places.length);
    for (let i = 0; i < places.length; i++) picked[i] = pages.at(places[i] as number);
    return smallest(picked);
  }

  /** A copy of the numbers from `from` to before `to`, of a column of integers. */
  integers(from: number, to: number): Int32Array {
    if (this.#pages === undefined) return new Int32Array(to - from).fill(this.#value);
    return this.#pages.copy(from, to) as Int32Array;
  }

  /** The first number, or the first that differs. */
  #pushOther(value: number): void {
    if (this.#count === 0) {
      this.#value = value;
      this.#count = 1;
      return;
    }
    const alike = numbersOf(this.#type, this.#count).fill(this.#value);
    this.#pages = new Pages(this.#type, alike);
    this.#pages.push(value);
  }
}

function valuesOf(saved: State, length: number): Numbers {
  if (ArrayBuffer.isView(saved)) return saved as Numbers;
  const { first } = saved as unknown as Ascending;
  return Int32Array.from({ length }, (_, i) => first + i);
}

/** Numbers, at least one, in the least space. */
function smallest(values: Numbers): State {
  if (!(values instanceof Float64Array)) return compact(values);
  return isConstant(values) ? (values[0] as number) : values;
}

/**
 * Integers as a snapshot of a column, in the least space: as many kinds as told, numbered from 0 on in
 * the order in which they come first, so that nobody has to look for their range.
 */
export function compactNumbers(values: Int32Array, kinds: number): State {
  if (values.length === 0) return Number.NaN;
  if (kinds === 1) return 0;
  return kinds === values.length ? { first: 0 } : narrow(values, 0, kinds - 1);
}

function isConstant(values: Numbers): boolean {
  const first = values[0];
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], first)) return false;
  return true;
}

/** Integers in the least space. */
function compact(values: Numbers): State {
  const first = values[0] as number; // never called without
  const { least, most, isAscending } = rangeOf(values);
  if (least === most) return first;
  return isAscending ? { first } : narrow(values, least, most);
}

/** Integers from `least` to `most` in the smallest type that has them. */
function narrow(values: Numbers, least: number, most: number): Numbers {
  if (least >= -(2 ** 7) && most < 2 ** 7) return new Int8Array(values);
  return least >= -(2 ** 15) && most < 2 ** 15 ? new Int16Array(values) : values;
}

function rangeOf(values: Numbers) {
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
