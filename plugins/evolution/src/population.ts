import type { Merit, Outcome } from '@archer-nas/core';
import type { Individual } from './individual.ts';

/** Individuals that there is room for at first. */
const FIRST_ROOM = 64;

/**
 * Individuals from the oldest to the youngest, in columns: a tournament is a few reads of one
 * typed array. The columns have room behind them, and, where the oldest died, before them.
 */
export class Population<A> {
  #room = FIRST_ROOM;
  readonly #numbers = new Array<number>(FIRST_ROOM);
  readonly #architectures = new Array<A>(FIRST_ROOM);
  readonly #outcomes = new Array<Outcome>(FIRST_ROOM);
  /** Violation and fitness, in turns. */
  #merits = new Float64Array(2 * FIRST_ROOM);
  /** Of the oldest, and behind the youngest. */
  #from = 0;
  #to = 0;

  constructor(individuals: readonly Individual<A>[] = []) {
    this.become(individuals);
  }

  get length(): number {
    return this.#to - this.#from;
  }

  /** Who is at `place`, from 0 for the oldest; below `length`. */
  at(place: number): Individual<A> {
    const row = this.#from + place;
    return {
      number: this.#numbers[row] as number,
      architecture: this.#architectures[row] as A,
      outcome: this.#outcomes[row] as Outcome,
      violation: this.#merits[2 * row] as number,
      fitness: this.#merits[2 * row + 1] as number,
    };
  }

  /** The proposal's number of who is at `place`. */
  numberAt(place: number): number {
    return this.#numbers[this.#from + place] as number;
  }

  architectureAt(place: number): A {
    return this.#architectures[this.#from + place] as A;
  }

  all(): Individual<A>[] {
    return Array.from({ length: this.length }, (_, place) => this.at(place));
  }

  /** The place of the fittest of those at `places`, of equals the first. */
  fittest(places: Int32Array): number {
    const from = this.#from;
    const merits = this.#merits;
    let best = from + (places[0] as number);
    for (let i = 1; i < places.length; i++) {
      const row = from + (places[i] as number);
      const violation = merits[2 * row] as number;
      const least = merits[2 * best] as number;
      if (violation === least) {
        if ((merits[2 * row + 1] as number) > (merits[2 * best + 1] as number)) best = row;
      } else if (violation < least) best = row;
    }
    return best - from;
  }

  /** Adds the youngest. */
  add(number: number, architecture: A, outcome: Outcome, merit: Readonly<Merit>): void {
    if (this.#to === this.#room) this.#makeRoom();
    const row = this.#to++;
    this.#numbers[row] = number;
    this.#architectures[row] = architecture;
    this.#outcomes[row] = outcome;
    this.#merits[2 * row] = merit.violation;
    this.#merits[2 * row + 1] = merit.fitness;
  }

  removeOldest(): void {
    this.#from++;
  }

  remove(place: number): void {
    const left = this.all();
    left.splice(place, 1);
    this.become(left);
  }

  /** These, the oldest first, and nobody else. */
  become(individuals: readonly Individual<A>[]): void {
    this.#from = 0;
    this.#to = 0;
    for (const { number, architecture, outcome, violation, fitness } of individuals) {
      this.add(number, architecture, outcome, { violation, fitness });
    }
  }

  /**
   * Moves everybody to the beginning; of larger columns where they were half full. Behind the
   * youngest stays what stood there, which nobody reads.
   */
  #makeRoom(): void {
    const [from, to] = [this.#from, this.#to];
    if (2 * (to - from) > this.#room) {
      this.#room *= 2;
      const merits = this.#merits;
      this.#merits = new Float64Array(2 * this.#room);
      this.#merits.set(merits);
    }
    this.#merits.copyWithin(0, 2 * from, 2 * to);
    for (let row = from; row < to; row++) {
      this.#numbers[row - from] = this.#numbers[row] as number;
      this.#architectures[row - from] = this.#architectures[row] as A;
      this.#outcomes[row - from] = this.#outcomes[row] as Outcome;
    }
    this.#from = 0;
    this.#to = to - from;
  }
}
