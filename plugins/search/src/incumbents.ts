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
  /** Taken, or to be taken, last. */
  #last: A | undefined;
  /** Of the last, where it is still to be taken. */
  #index = -1;
  #outcome: Outcome | undefined;

  constructor(objective: Objective, id: (a: A) => string) {
    this.#objective = objective;
    this.#id = id;
  }

  /** Indices, in the order of offering. */
  get indices(): readonly number[] {
    this.#decide();
    return this.#front.map(({ index }) => index);
  }

  /** The metrics of the one best; `undefined` while there is none, and of a larger front. */
  get best(): Metrics | undefined {
    this.#decide();
    return this.#front.length === 1 ? this.#front[0]?.metrics : undefined;
  }

  /**
   * {@link offer} of an outcome whose merit is known. Who is fitter than all before is only
   * remembered, since most of them are soon beaten; who is less fit changes nothing.
   */
  consider(index: number, architecture: A, outcome: Outcome, merit: Readonly<Merit>): void {
    const { fitness } = merit;
    // Offered again, the last is no better than itself.
    if (merit.violation !== 0 || fitness < this.#fitness || architecture === this.#last) return;
    if (fitness > this.#fitness) {
      this.#fitness = fitness;
      this.#index = index;
      this.#last = architecture;
      this.#outcome = outcome;
    } else this.offer(index, architecture, outcome);
  }

  offer(index: number, architecture: A, outcome: Outcome): void {
    this.#decide();
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

  /** Takes who is remembered. */
  #decide(): void {
    if (this.#outcome === undefined) return;
    const outcome = this.#outcome;
    this.#outcome = undefined;
    this.offer(this.#index, this.#last as A, outcome); // set together
  }

  #stays(entry: Entry<A>, metrics: Metrics): boolean {
    return this.#objective.compare(metrics, entry.metrics) === undefined;
  }
}
