import { Column } from './column.ts';
import type { Budget } from './evaluation.ts';
import type { State } from './state.ts';

type Fields = { readonly [key: string]: State };

/** Records of numbers, such as metrics: one column per name that ever came. */
export class NumberRecords {
  #length: number;
  readonly #columns: { readonly name: string; readonly values: Column; readonly absent: Column }[];

  constructor(length = 0, saved: State = {}) {
    this.#length = length;
    this.#columns = Object.entries(saved as Fields).map(([name, one]) => {
      const { values, absent } = one as { readonly values: State; readonly absent: State };
      return {
        name,
        values: new Column('float64', length, values),
        absent: new Column('int32', length, absent),
      };
    });
  }

  push(record: Readonly<Record<string, number | undefined>>): void {
    let found = 0;
    for (const { name, values, absent } of this.#columns) {
      const value = record[name];
      // What is no number is inherited from Object, such as `constructor`.
      const present = typeof value === 'number';
      if (present) found++;
      values.push(present ? value : Number.NaN);
      absent.push(present ? 0 : 1);
    }
    let given = 0;
    for (const _ in record) given++;
    if (given !== found) this.#widen(record);
    this.#length++;
  }

  at(index: number): Record<string, number> {
    const record: Record<string, number> = {};
    for (const { name, values, absent } of this.#columns) {
      if (absent.at(index) === 0) record[name] = values.at(index) as number;
    }
    return record;
  }

  /** One value; `undefined` where the record has none of that name. */
  value(index: number, name: string): number | undefined {
    const column = this.#columns.find((one) => one.name === name);
    return column?.absent.at(index) === 0 ? column.values.at(index) : undefined;
  }

  snapshot(from: number, to: number): State {
    const entries = this.#columns.map(({ name, values, absent }) => {
      const columns = { values: values.snapshot(from, to), absent: absent.snapshot(from, to) };
      return [name, columns] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Columns for the names that are new with `record`. */
  #widen(record: Readonly<Record<string, number | undefined>>): void {
    for (const [name, value] of Object.entries(record)) {
      if (value === undefined || this.#columns.some((column) => column.name === name)) continue;
      const values = new Column('float64', this.#length, Number.NaN);
      const absent = new Column('int32', this.#length, 1);
      values.push(value);
      absent.push(0);
      this.#columns.push({ name, values, absent });
    }
  }
}

/** Names that end with a number, such as ids: the numbers, and the few texts before them. */
export class NumberedNames {
  readonly #prefixes: string[];
  /** Which prefix; -1: there is no name. */
  readonly #which: Column;
  /** -1: the name has no number. */
  readonly #number: Column;
  #last = 0;

  constructor(length = 0, saved?: State) {
    const from = saved as { prefixes: readonly string[]; which: State; number: State } | undefined;
    this.#prefixes = [...(from?.prefixes ?? [])];
    this.#which = new Column('int32', length, from?.which);
    this.#number = new Column('int32', length, from?.number);
  }

  push(name: string | undefined): void {
    if (name === undefined) {
      this.#which.push(-1);
      this.#number.push(-1);
      return;
    }
    const digits = trailingDigits(name);
    this.#number.push(digits === 0 ? -1 : numberOf(name, digits));
    this.#which.push(this.#prefixOf(name, name.length - digits));
  }

  at(index: number): string | undefined {
    const prefix = this.#prefixes[this.#which.at(index) ?? -1];
    const number = this.#number.at(index);
    return prefix === undefined || number === -1 ? prefix : `${prefix}${number}`;
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

const UNITS = ['epoch', 'step', 'batch', 'second'] as const;

/** Budgets, which may be absent. */
export class Budgets {
  readonly #amount: Column;
  /** Position in {@link UNITS}; -1: there is no budget. */
  readonly #unit: Column;

  constructor(length = 0, saved?: State) {
    const from = saved as { readonly amount: State; readonly unit: State } | undefined;
    this.#amount = new Column('float64', length, from?.amount);
    this.#unit = new Column('int32', length, from?.unit);
  }

  push(budget: Budget | undefined): void {
    this.#amount.push(budget === undefined ? Number.NaN : budget.amount);
    this.#unit.push(budget === undefined ? -1 : UNITS.indexOf(budget.unit));
  }

  at(index: number): Budget | undefined {
    const unit = UNITS[this.#unit.at(index) ?? -1];
    return unit === undefined ? undefined : { amount: this.#amount.at(index) as number, unit };
  }

  snapshot(from: number, to: number): State {
    return { amount: this.#amount.snapshot(from, to), unit: this.#unit.snapshot(from, to) };
  }
}
