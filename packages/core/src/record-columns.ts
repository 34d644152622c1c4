import { Column } from './column.ts';
import type { Budget } from './evaluation.ts';
import type { State } from './state.ts';

type Fields = { readonly [key: string]: State };

/** Values of one name; `absent` is 1 where a record has none, and not there where all have. */
interface NamedColumn {
  readonly name: string;
  readonly values: Column;
  absent: Column | undefined;
}

/** Records of numbers, such as metrics: one column per name that ever came. */
export class NumberRecords {
  #length: number;
  readonly #columns: NamedColumn[];

  constructor(length = 0, saved: State = {}) {
    this.#length = length;
    this.#columns = Object.entries(saved as Fields).map(([name, one]) => {
      const { values, absent } = one as { readonly values: State; readonly absent: State };
      return {
        name,
        values: new Column('float64', length, values),
        absent: absent === 0 ? undefined : new Column('int32', length, absent),
      };
    });
  }

  push(record: Readonly<Record<string, number | undefined>>): void {
    let found = 0;
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i] as NamedColumn;
      const value = record[column.name];
      // What is no number is inherited from Object, such as `constructor`.
      const isPresent = typeof value === 'number';
      if (isPresent) found++;
      else column.absent ??= zeros(this.#length);
      column.values.push(isPresent ? value : Number.NaN);
      column.absent?.push(isPresent ? 0 : 1);
    }
    let given = 0;
    for (const _ in record) given++;
    if (given !== found) this.#widen(record);
    this.#length++;
  }

  at(index: number): Record<string, number> {
    const record: Record<string, number> = {};
    for (const column of this.#columns) {
      if (isThere(column, index)) record[column.name] = column.values.at(index) as number;
    }
    return record;
  }

  /** One value of a record; `absent` where it has none. */
  value(index: number, name: string, absent: number): number {
    const column = this.#columns.find((one) => one.name === name);
    if (column === undefined || !isThere(column, index)) return absent;
    return column.values.at(index) ?? absent;
  }

  /** The records at `places`. */
  pick(places: Int32Array): State {
    const entries = this.#columns.map(({ name, values, absent }) => {
      const missing = absent?.pick(places) ?? 0;
      return [name, { values: values.pick(places), absent: missing }] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Columns for the names that are new with `record`. */
  #widen(record: Readonly<Record<string, number | undefined>>): void {
    for (const [name, value] of Object.entries(record)) {
      if (value === undefined || this.#columns.some((column) => column.name === name)) continue;
      const values = new Column('float64', this.#length, Number.NaN);
      values.push(value);
      const absent = this.#length === 0 ? undefined : new Column('int32', this.#length, 1);
      absent?.push(0);
      this.#columns.push({ name, values, absent });
    }
  }
}

function zeros(length: number): Column {
  return new Column('int32', length, 0);
}

function isThere({ absent, values }: NamedColumn, index: number): boolean {
  return index < values.length && (absent === undefined || absent.at(index) === 0);
}

/** Budgets, which may be absent: which of a few. */
export class Budgets {
  readonly #kinds: Budget[];
  /** Position in `#kinds`; -1: there is no budget. */
  readonly #which: Column;
  /** What came last, and its position. */
  #given: Budget | undefined;
  #last = -1;

  constructor(length = 0, saved?: State) {
    const from = saved as { readonly kinds: readonly Budget[]; readonly which: State } | undefined;
    this.#kinds = [...(from?.kinds ?? [])];
    this.#which = new Column('int32', length, from?.which);
  }

  push(budget: Budget | undefined): void {
    if (budget !== this.#given) {
      this.#given = budget;
      this.#last = budget === undefined ? -1 : this.#kindOf(budget);
    }
    this.#which.push(this.#last);
  }

  /** No budget so many times. */
  pushNone(count: number): void {
    this.#given = undefined;
    this.#last = -1;
    this.#which.pushRun(-1, count);
  }

  at(index: number): Budget | undefined {
    const kind = this.#kinds[this.#which.at(index) ?? -1];
    return kind === undefined ? undefined : { ...kind };
  }

  snapshot(from: number, to: number): State {
    return this.#state(this.#which.snapshot(from, to));
  }

  /** The budgets at `places`. */
  pick(places: Int32Array): State {
    return this.#state(this.#which.pick(places));
  }

  #state(which: State): State {
    return { kinds: this.#kinds.map(({ amount, unit }) => ({ amount, unit })), which };
  }

  #kindOf({ amount, unit }: Budget): number {
    const known = this.#kinds.findIndex((one) => one.amount === amount && one.unit === unit);
    return known < 0 ? this.#kinds.push({ amount, unit }) - 1 : known;
  }
}
