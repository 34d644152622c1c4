import { Column } from './column.ts';
import type { State } from './state.ts';

/** Times that are the sum of the durations from here on, and from 0 in further histories. */
interface Summed {
  readonly sumFrom: number;
}

/** What a log knows of its evaluations and histories. */
export interface TimedLog {
  readonly length: number;
  /** What an evaluation adds to the clock where one comes after the other. */
  durationOf(index: number): number;
  startOf(history: number): number;
  historyAt(index: number): number;
}

/**
 * The simulated clock when each evaluation of a log was known. As long as it is the one before
 * and the duration, to the bit, nothing is kept: it is computed when somebody asks.
 */
export class LogTimes {
  readonly #log: TimedLog;
  /** The clock at which the log begins. */
  #sumFrom = 0;
  /** Once a time is no such sum: all of them. */
  #times: Column | undefined;
  /** The sum before evaluation `#at`, where the last question was. */
  #at = 0;
  #sum = 0;

  constructor(log: TimedLog, saved?: State) {
    const { sumFrom } = (saved ?? { sumFrom: 0 }) as Partial<Summed>;
    this.#log = log;
    if (sumFrom === undefined) this.#times = new Column('float64', log.length, saved);
    else {
      this.#sumFrom = sumFrom;
      this.#sum = sumFrom;
    }
  }

  /** The time of the evaluation that the log has just got. */
  push(time: number): void {
    const last = this.#log.length - 1;
    if (this.#times === undefined) {
      if (Object.is(this.#sumTo(last + 1), time)) return;
      this.#times = new Column('float64');
      for (let i = 0; i < last; i++) this.#times.push(this.#sumTo(i + 1));
    }
    this.#times.push(time);
  }

  /** The same where the time is the one before and the duration. */
  pushSum(): void {
    if (this.#times === undefined) return;
    const last = this.#log.length - 1;
    this.#times.push(this.#before(last) + this.#log.durationOf(last));
  }

  at(index: number): number {
    if (!(index >= 0 && index < this.#log.length)) return Number.NaN;
    return this.#times === undefined ? this.#sumTo(index + 1) : (this.#times.at(index) as number);
  }

  snapshot(from: number, to: number): State {
    if (this.#times === undefined) return { sumFrom: this.#before(from) };
    return this.#times.snapshot(from, to);
  }

  /** The clock when evaluation `index` began, where one comes after the other. */
  #before(index: number): number {
    return index === this.#begin(index) ? this.#clockAt(index) : this.at(index - 1);
  }

  /** Where the history of an evaluation begins in the log. */
  #begin(index: number): number {
    return this.#log.startOf(this.#log.historyAt(index));
  }

  /** The clock where a history begins. */
  #clockAt(begin: number): number {
    return begin === 0 ? this.#sumFrom : 0;
  }

  /** The sum of the durations of a history up to before `to`, which is behind its begin. */
  #sumTo(to: number): number {
    const begin = this.#begin(to - 1);
    if (this.#at <= begin || this.#at > to) {
      this.#at = begin;
      this.#sum = this.#clockAt(begin);
    }
    while (this.#at < to) this.#sum += this.#log.durationOf(this.#at++);
    return this.#sum;
  }
}
