import { ArcherError } from '@archer-nas/core';
import type { Limits } from './options.ts';

/** Evaluations in a row that may cost nothing, where the budget is in seconds or epochs. */
const MOST_FREE = 100_000;

/** The simulated clock of a search. */
export class Clock {
  readonly limits: Limits;
  time: number;
  /** Evaluations in a row that cost nothing. */
  #free = 0;

  constructor(limits: Limits, time = 0) {
    this.limits = limits;
    this.time = time;
  }

  /** @throws ArcherError when the clock stands still for ever */
  move(end: number, evaluated: number): void {
    this.note(end > this.time, evaluated);
    const { time } = this.limits;
    this.time = end < time ? end : time;
  }

  /** Whether an evaluation moves the clock. @throws ArcherError as {@link move} */
  note(moves: boolean, evaluated: number): void {
    this.#free = moves ? 0 : this.#free + 1;
    if (this.#free > MOST_FREE && this.limits.time < Number.POSITIVE_INFINITY) {
      throw stuck(evaluated, `the last ${MOST_FREE} of which cost nothing`);
    }
  }
}

/** The error of a search that can neither ask nor wait for anything. */
export function stuck(evaluated: number, why = 'though none is outstanding'): ArcherError {
  return new ArcherError(
    'ARCHER_SEARCH_STUCK',
    `The search does not go on after ${evaluated} evaluations, ${why}.`,
  );
}
