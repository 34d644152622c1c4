import {
  incumbentMetrics,
  type Merit,
  type Metrics,
  type Objective,
  type Outcome,
} from '@archer-nas/core';

interface Entry<A> {
  readonly index: number;
  readonly metrics: Metrics;
  readonly architecture: A;
}

/**
 * The best of all evaluations offered so far, as their indices: one, or a front where the
 * objective is of several metrics. Only final evaluations with a number for every metric of
 * the objective count, and only within its limits. Of equal ones the smallest id stays.
 */
export class Incumbents<A> {
  readonly #objective: Objective;
  readonly #id: (a: A) => string;
  #front: Entry<A>[] = [];
  /** Of the one best, where the objective is one number. */
  #fitness = Number.NaN;
  /** Taken last: offered again, it is no better than itself. */
  #last: A | undefined;

  constructor(objective: Objective, id: (a: A) => string) {
    this.#objective = objective;
    this.#id = id;
  }

  /** Indices, in the order of offering. */
  get indices(): readonly number[] {
    return this.#front.map(({ index }) => index);
  }

  /** The metrics of the one best; `undefined` while there is none, and of a larger front. */
  get best(): Metrics | undefined {
    return this.#front.length === 1 ? this.#front[0]?.metrics : undefined;
  }

  /** Whether an outcome is worth offering. False only of those that would change nothing. */
  mayBe(architecture: A, { violation, fitness }: Readonly<Merit>): boolean {
    return violation === 0 && !(fitness < this.#fitness) && architecture !== this.#last;
  }

  offer(index: number, architecture: A, outcome: Outcome): void {
    const metrics = incumbentMetrics(outcome, this.#objective);
    if (metrics === undefined) return;
    let dominates = false;
    for (const other of this.#front) {
      const order = this.#objective.compare(metrics, other.metrics);
      if (order === 1) return;
      if (order === 0 && this.#id(architecture) >= this.#id(other.architecture)) return;
      if (order !== undefined) dominates = true;
    }
    if (dominates) this.#front = this.#front.filter((other) => this.#stays(other, metrics));
    this.#front.push({ index, metrics, architecture });
    this.#last = architecture;
    this.#fitness = this.#objective.scalar?.(metrics) ?? Number.NaN;
  }

  #stays(entry: Entry<A>, metrics: Metrics): boolean {
    return this.#objective.compare(metrics, entry.metrics) === undefined;
  }
}
