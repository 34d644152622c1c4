/** Where the histories of a part of a log begin. */
export interface HistoriesState {
  /** How many evaluations the first history had before. */
  readonly before: number;
  /** Where the histories behind the first begin. */
  readonly starts: readonly number[];
}

/** The histories of a log, one behind the other: where each begins. */
export class LogHistories {
  readonly #before: number;
  /** Where they begin, the first at 0. */
  readonly #starts: number[];
  /** What a place in the last history is less than an index. */
  #origin: number;

  constructor({ before = 0, starts = [] }: Partial<HistoriesState> = {}) {
    this.#before = before;
    this.#starts = [0, ...starts];
    this.#origin = this.originOf(this.#starts.length - 1);
  }

  get length(): number {
    return this.#starts.length;
  }

  /** The {@link originOf} the last. */
  get origin(): number {
    return this.#origin;
  }

  /** Ends the last history, and begins the next at `index`. */
  begin(index: number): void {
    this.#origin = index;
    this.#starts.push(index);
  }

  /** The first evaluation of a history; `undefined` for those to come. */
  startOf(history: number): number | undefined {
    return this.#starts[history];
  }

  /** The number of the history that an evaluation is of. */
  numberAt(index: number): number {
    if (index >= this.#origin) return this.#starts.length - 1; // the one that is mostly asked about
    let [low, high] = [0, this.#starts.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= index) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Where a history would begin if all of it were here: what a place in it is less than an index. */
  originOf(history: number): number {
    return history === 0 ? -this.#before : (this.#starts[history] as number);
  }

  /** Those of the evaluations from `from` to before `to`. */
  snapshot(from: number, to: number): HistoriesState {
    const first = this.numberAt(from);
    return {
      before: from - this.originOf(first),
      starts: this.#starts.slice(first + 1).flatMap((at) => (at < to ? [at - from] : [])),
    };
  }
}
