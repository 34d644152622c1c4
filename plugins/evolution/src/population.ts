import type { Merit, Outcome } from '@archer-nas/core';
import type { Individual } from './individual.ts';

/** Individuals that there is room for at first. */
const FIRST_ROOM = 64;

/**
 * Individuals from the oldest to the youngest, in columns: a tournament is a few reads of two
 * typed arrays. The columns have room behind them, and, where the oldest died, before them.
 */
export class Population<A> {
  #room = FIRST_ROOM;
  #numbers = new Int32Array(FIRST_ROOM);
  #violations = new Float64Array(FIRST_ROOM);
  #fitness = new Float64Array(FIRST_ROOM);
  #architectures: A[] = [];
  #outcomes: Outcome[] = [];
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
      violation: this.#violations[row] as number,
      fitness: this.#fitness[row] as number,
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
    const violations = this.#violations;
    const fitness = this.#fitness;
    let best = from + (places[0] as number);
    for (let i = 1; i < places.length; i++) {
      const row = from + (places[i] as number);
      const violation = violations[row] as number;
      const least = violations[best] as number;
      if (violation === least) {
        if ((fitness[row] as number) > (fitness[best] as number)) best = row;
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
    this.#violations[row] = merit.violation;
    this.#fitness[row] = merit.fitness;
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

  /** Moves everybody to the beginning; of larger columns where they were half full. */
  #makeRoom(): void {
    const [from, to] = [this.#from, this.#to];
    if (2 * (to - from) > this.#room) {
      this.#room *= 2;
      this.#numbers = copied(this.#numbers, new Int32Array(this.#room));
      this.#violations = copied(this.#violations, new Float64Array(this.#room));
      this.#fitness = copied(this.#fitness, new Float64Array(this.#room));
    }
    this.#numbers.copyWithin(0, from, to);
    this.#violations.copyWithin(0, from, to);
    this.#fitness.copyWithin(0, from, to);
    moveDown(this.#architectures, from);
    moveDown(this.#outcomes, from);
    this.#from = 0;
    this.#to = to - from;
  }
}

function copied<T extends Int32Array | Float64Array>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}

/** Behind them stays what stood there, which nobody reads. */
function moveDown(items: unknown[], by: number): void {
  for (let i = by; i < items.length; i++) items[i - by] = items[i];
}
