/** What numbers are kept as. */
export type NumberType = 'float64' | 'int32';

export type Numbers = Float64Array | Int32Array | Int16Array | Int8Array;

/** Numbers of a page, a power of two: an index is the page's and, in its lower bits, a place. */
const SHIFT = 16;
const PAGE = 2 ** SHIFT;
const PLACE = PAGE - 1;

/** Room for the first numbers: typed arrays are dear to make, not to keep. */
const FIRST_ROOM = 320;

/**
 * Numbers that only grow in count, in pages of which none moves once it is full: millions are
 * never copied to make room. What came from elsewhere is never written to.
 */
export class Pages {
  readonly #type: NumberType;
  /** Full, all but the last. */
  readonly #pages: Numbers[];
  /** The last page, and the index of its first number. */
  #last: Numbers;
  #from: number;
  #length: number;

  constructor(type: NumberType, first: Numbers) {
    this.#type = type;
    this.#length = first.length;
    this.#pages = [];
    for (let from = 0; from === 0 || from < first.length; from += PAGE) {
      this.#pages.push(first.subarray(from, from + PAGE));
    }
    this.#from = PAGE * (this.#pages.length - 1);
    this.#last = this.#pages.at(-1) as Numbers; // at least an empty one
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length - this.#from === this.#last.length) this.#grow();
    this.#last[this.#length++ - this.#from] = value;
  }

  /** The number at an index below `length`. */
  at(index: number): number {
    return (this.#pages[index >>> SHIFT] as Numbers)[index & PLACE] as number;
  }

  /** The numbers from `from` to before `to`, at least one: as they are, where one page has all. */
  slice(from: number, to: number): Numbers {
    const end = (from & PLACE) + to - from;
    return end > PAGE
      ? this.copy(from, to)
      : (this.#pages[from >>> SHIFT] as Numbers).subarray(from & PLACE, end);
  }

  copy(from: number, to: number): Float64Array | Int32Array {
    const copy = numbersOf(this.#type, to - from);
    for (let at = from; at < to; at = (at | PLACE) + 1) {
      copy.set(this.slice(at, Math.min(to, (at | PLACE) + 1)), at - from);
    }
    return copy;
  }

  #grow(): void {
    if (this.#last.length === PAGE) {
      this.#from += PAGE;
      this.#pages.push(numbersOf(this.#type, PAGE));
    } else {
      const more = Math.max(FIRST_ROOM, 2 * (this.#last.length + 1));
      const grown = numbersOf(this.#type, Math.min(PAGE, more));
      grown.set(this.#last);
      this.#pages[this.#pages.length - 1] = grown;
    }
    this.#last = this.#pages.at(-1) as Numbers; // made above
  }
}

/** So many zeros. */
export function numbersOf(type: NumberType, length: number): Float64Array | Int32Array {
  return type === 'float64' ? new Float64Array(length) : new Int32Array(length);
}
