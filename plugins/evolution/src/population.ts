import type { Merit, Outcome } from '@archer-nas/core';
import type { Individual } from './individual.ts';

/** Individuals that there is room for at first, unless more are expected; a power of two. */
const FIRST_ROOM = 16;

/**
 * Individuals from the oldest to the youngest, in columns: a tournament is a few reads of one
 * array of numbers. The columns are rings: behind the last row comes the first.
 */
export class Population<A> {
  #numbers: number[];
  #architectures: A[];
  #outcomes: Outcome[];
  /** Violation and fitness, in turns; no typed array, which is dear to make for every search. */
  #merits: number[];
  /** The number of rows, a power of two, less 1. */
  #mask: number;
  /** Row of the oldest, and of whoever comes next, before they are wrapped. */
  #from = 0;
  #to = 0;

  /** @param expected how many there may be, if that is known */
  constructor(individuals: readonly Individual<A>[] = [], expected = 0) {
    let room = FIRST_ROOM;
    while (room < expected) room *= 2;
    this.#mask = room - 1;
    this.#numbers = new Array(room);
    this.#architectures = new Array(room);
    this.#outcomes = new Array(room);
    this.#merits = new Array(2 * room).fill(Number.NaN);
    this.become(individuals);
  }

  get length(): number {
    return this.#to - this.#from;
  }

  /** Who is at `place`, from 0 for the oldest; below `length`. */
  at(place: number): Individual<A> {
    const row = (this.#from + place) & this.#mask;
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
    return this.#numbers[(this.#from + place) & this.#mask] as number;
  }

  architectureAt(place: number): A {
    return this.#architectures[(this.#from + place) & this.#mask] as A;
  }

  all(): Individual<A>[] {
    return Array.from({ length: this.length }, (_, place) => this.at(place));
  }

  /** The place of the fittest of those at `places`, of equals the first. */
  fittest(places: Int32Array): number {
    const from = this.#from;
    const mask = this.#mask;
    const merits = this.#merits;
    let best = places[0] as number;
    const first = (from + best) & mask;
    let least = merits[2 * first] as number;
    let most = merits[2 * first + 1] as number;
    for (let i = 1; i < places.length; i++) {
      const place = places[i] as number;
      const row = (from + place) & mask;
      const violation = merits[2 * row] as number;
      const fitness = merits[2 * row + 1] as number;
      if (violation === least ? fitness > most : violation < least) {
        best = place;
        least = violation;
        most = fitness;
      }
    }
    return best;
  }

  /** Adds the youngest. */
  add(number: number, architecture: A, outcome: Outcome, merit: Readonly<Merit>): void {
    if (this.length > this.#mask) this.#double();
    const row = this.#to++ & this.#mask;
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

  /** Twice as many rows, where everybody moves to. */
  #double(): void {
    const larger = new Population<A>(this.all(), 2 * this.length);
    this.#numbers = larger.#numbers;
    this.#architectures = larger.#architectures;
    this.#outcomes = larger.#outcomes;
    this.#merits = larger.#merits;
    this.#mask = larger.#mask;
    this.#from = 0;
    this.#to = larger.#to;
  }
}
