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

  /** Reads the values of one name; `absent` where a record has none. */
  reader(name: string, absent: number): (index: number) => number {
    const column = this.#columns.find((one) => one.name === name);
    if (column === undefined) return () => absent;
    return (index) => (isThere(column, index) ? (column.values.at(index) ?? absent) : absent);
  }

  snapshot(from: number, to: number): State {
    const entries = this.#columns.map(({ name, values, absent }) => {
      const missing = absent?.snapshot(from, to) ?? 0;
      return [name, { values: values.snapshot(from, to), absent: missing }] as const;
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

const NO_NUMBER = -1;
const NO_NAME = -2;

/** Names that end with a number, such as ids: the numbers, and the few texts before them. */
export class NumberedNames {
  readonly #prefixes: string[];
  /** Which prefix; where there is no name, the one before. */
  readonly #which: Column;
  /** Or {@link NO_NUMBER}, or {@link NO_NAME}. */
  readonly #number: Column;
  #last: number;

  constructor(length = 0, saved?: State) {
    const from = saved as { prefixes: readonly string[]; which: State; number: State } | undefined;
    this.#prefixes = [...(from?.prefixes ?? [])];
    this.#which = new Column('int32', length, from?.which);
    this.#number = new Column('int32', length, from?.number);
    this.#last = this.#which.at(length - 1) ?? 0;
  }

  push(name: string | undefined): void {
    if (name === undefined) {
      this.#which.push(this.#last);
      this.#number.push(NO_NAME);
      return;
    }
    const digits = trailingDigits(name);
    this.#number.push(digits === 0 ? NO_NUMBER : numberOf(name, digits));
    this.#which.push(this.#prefixOf(name, name.length - digits));
  }

  /** The name of `number` behind `prefix`, which does not end with a digit; -1: no name. */
  pushNumber(prefix: string, number: number): void {
    this.#number.push(number < 0 ? NO_NAME : number);
    if (number < 0 || this.#prefixes[this.#last] === prefix) this.#which.push(this.#last);
    else this.#which.push(this.#prefixOf(prefix, prefix.length));
  }

  at(index: number): string | undefined {
    const prefix = this.#prefixes[this.#which.at(index) ?? -1];
    const number = this.#number.at(index);
    if (number === NO_NAME) return undefined;
    return number === NO_NUMBER ? prefix : `${prefix}${number}`;
  }

  snapshot(from: number, to: number): State {
    const columns = {
      which: this.#which.snapshot(from, to),
      number: this.#number.snapshot(from, to),
    };
    return { prefixes: [...this.#prefixes], ...columns };
  }

  #prefixOf(name: string, length: number): number {
    const last = this.#prefixes[this.#last];
    if (last?.length === length && name.startsWith(last)) return this.#last;
    const prefix = name.slice(0, length);
    const known = this.#prefixes.indexOf(prefix);
    this.#last = known < 0 ? this.#prefixes.push(prefix) - 1 : known;
    return this.#last;
  }
}

const ZERO = 48;
const NINE = 57;
/** Any number of nine digits is a 32-bit integer. */
const MAX_DIGITS = 9;

/** How many digits at the end are a number in its only notation: without leading zeros. */
function trailingDigits(name: string): number {
  let digits = 0;
  while (digits < Math.min(MAX_DIGITS, name.length)) {
    const code = name.charCodeAt(name.length - 1 - digits);
    if (code < ZERO || code > NINE) break;
    digits++;
  }
  while (digits > 1 && name.charCodeAt(name.length - digits) === ZERO) digits--;
  return digits;
}

function numberOf(name: string, digits: number): number {
  let number = 0;
  for (let i = name.length - digits; i < name.length; i++) {
    number = 10 * number + name.charCodeAt(i) - ZERO;
  }
  return number;
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

  at(index: number): Budget | undefined {
    const kind = this.#kinds[this.#which.at(index) ?? -1];
    return kind === undefined ? undefined : { ...kind };
  }

  snapshot(from: number, to: number): State {
    const kinds = this.#kinds.map(({ amount, unit }) => ({ amount, unit }));
    return { kinds, which: this.#which.snapshot(from, to) };
  }

  #kindOf({ amount, unit }: Budget): number {
    const known = this.#kinds.findIndex((one) => one.amount === amount && one.unit === unit);
    return known < 0 ? this.#kinds.push({ amount, unit }) - 1 : known;
  }
}
