import type { State } from './state.ts';

/** What a column's numbers are kept as, once they differ. */
export type ColumnType = 'float64' | 'int32';

/**
 * Numbers that only grow in count. As long as all are the same, one number stands for them;
 * then a typed array. A snapshot is a view on that array, whose elements never change again.
 */
export class Column {
  readonly #type: ColumnType;
  #length: number;
  /** The one value, while `#values` is absent. */
  #value: number;
  #values: Float64Array | Int32Array | undefined;

  /** @param saved what {@link snapshot} gave, for `length` numbers */
  constructor(type: ColumnType, length = 0, saved: State = Number.NaN) {
    this.#type = type;
    this.#length = length;
    const constant = typeof saved === 'number';
    this.#value = constant ? saved : Number.NaN;
    this.#values = constant ? undefined : (saved as Float64Array | Int32Array);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const values = this.#values;
    if (values !== undefined && this.#length < values.length) {
      values[this.#length++] = value;
    } else {
      this.#pushSlowly(value);
    }
  }

  /** `undefined` outside of 0 to length - 1. */
  at(index: number): number | undefined {
    if (index < 0 || index >= this.#length) return undefined;
    return this.#values === undefined ? this.#value : this.#values[index];
  }

  /** The numbers from `from` to before `to`, in the least space; see the constructor. */
  snapshot(from = 0, to = this.#length): State {
    const values = this.#values;
    if (values === undefined) return this.#value;
    const first = values[from] as number;
    for (let i = from + 1; i < to; i++) {
      if (!Object.is(values[i], first)) return values.subarray(from, to);
    }
    return to > from ? first : Number.NaN;
  }

  #pushSlowly(value: number): void {
    if (this.#values === undefined) {
      if (this.#length === 0) this.#value = value;
      if (Object.is(this.#value, value)) {
        this.#length++;
        return;
      }
    }
    // An array that came from a snapshot is full: it is copied, never written to.
    const grown = this.#allocate(Math.max(16, 2 * (this.#length + 1)));
    if (this.#values === undefined) grown.fill(this.#value, 0, this.#length);
    else grown.set(this.#values);
    grown[this.#length++] = value;
    this.#values = grown;
  }

  #allocate(length: number): Float64Array | Int32Array {
    return this.#type === 'float64' ? new Float64Array(length) : new Int32Array(length);
  }
}
