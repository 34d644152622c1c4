import { Column } from './column.ts';
import type { State } from './state.ts';

/** What stands for no name, and for a name that does not end with a number. */
const NO_NAME = 0;
const NO_NUMBER = 1;

/**
 * Names that end with a number, such as ids: the few texts before the numbers, and how far each
 * number is from an origin that whoever reads and writes the name knows. The distances of names
 * that are numbered one after the other are all the same, and those of their parents small.
 */
export class NumberedNames {
  readonly #prefixes: string[];
  /** Which prefix; where there is no name, the one before. */
  readonly #which: Column;
  /** See {@link encoded}; or {@link NO_NUMBER}, or {@link NO_NAME}. */
  readonly #distance: Column;
  #last: number;
  /** Names with that prefix which `#which` lacks still: most are alike, and are written as a run. */
  #run = 0;
  #lastPrefix: string | undefined;

  constructor(length = 0, saved?: State) {
    const from = saved as
      | { prefixes: readonly string[]; which: State; distance: State }
      | undefined;
    this.#prefixes = [...(from?.prefixes ?? [])];
    this.#which = new Column('int32', length, from?.which);
    this.#distance = new Column('int32', length, from?.distance);
    this.#last = this.#which.at(length - 1) ?? 0;
    this.#lastPrefix = this.#prefixes[this.#last];
  }

  /** @returns the number, or 0 where it has none */
  push(name: string | undefined, origin: number): number {
    if (name === undefined) {
      this.pushNone();
      return 0;
    }
    const digits = trailingDigits(name);
    const number = numberOf(name, digits);
    this.#distance.push(digits === 0 ? NO_NUMBER : encoded(origin - number));
    this.#find(name, name.length - digits);
    this.#run++;
    return number;
  }

  pushNone(): void {
    this.#run++;
    this.#distance.push(NO_NAME);
  }

  /** The name of `origin - distance` behind `prefix`, which does not end with a digit. */
  pushNumber(prefix: string, distance: number): void {
    if (prefix !== this.#lastPrefix) this.#find(prefix, prefix.length);
    this.#run++;
    this.#distance.push(encoded(distance));
  }

  /** {@link pushNumber} so many times. */
  pushRun(prefix: string, distance: number, count: number): void {
    if (prefix !== this.#lastPrefix) this.#find(prefix, prefix.length);
    this.#run += count;
    this.#distance.pushRun(encoded(distance), count);
  }

  at(index: number, origin: number): string | undefined {
    this.#settle();
    const prefix = this.#prefixes[this.#which.at(index) ?? -1];
    const code = this.#distance.at(index);
    if (code === undefined || code === NO_NAME) return undefined;
    return code === NO_NUMBER ? prefix : `${prefix}${origin - decoded(code)}`;
  }

  /** The number of a name; 0 where it has none. */
  numberAt(index: number, origin: number): number {
    const code = this.#distance.at(index) ?? NO_NAME;
    return code === NO_NAME || code === NO_NUMBER ? 0 : origin - decoded(code);
  }

  snapshot(from: number, to: number): State {
    this.#settle();
    const columns = {
      which: this.#which.snapshot(from, to),
      distance: this.#distance.snapshot(from, to),
    };
    return { prefixes: [...this.#prefixes], ...columns };
  }

  /** Writes down the last run. */
  #settle(): void {
    this.#which.pushRun(this.#last, this.#run);
    this.#run = 0;
  }

  /** Makes the first `length` characters the prefix that came last. */
  #find(name: string, length: number): void {
    const last = this.#lastPrefix;
    if (last?.length === length && name.startsWith(last)) return;
    this.#settle();
    const prefix = name.slice(0, length);
    const known = this.#prefixes.indexOf(prefix);
    this.#last = known < 0 ? this.#prefixes.push(prefix) - 1 : known;
    this.#lastPrefix = prefix;
  }
}

/** Distances one further from 0, which makes room for what is none. */
function encoded(distance: number): number {
  return distance > 0 ? distance + 1 : distance - 1;
}

function decoded(code: number): number {
  return code > 0 ? code - 1 : code + 1;
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
