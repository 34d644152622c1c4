import type { Evaluation, Objective } from './evaluation.ts';
import { incumbentMetrics } from './winning.ts';

/**
 * The evaluations that no other one beats: one best for a single metric, a front for several.
 * Of evaluations with equal metrics the first stays, so that the order of arrival decides and
 * nothing else.
 */
export class ParetoArchive<A> {
  readonly #objective: Objective;
  #front: readonly Evaluation<A>[];

  constructor(objective: Objective, front: readonly Evaluation<A>[] = []) {
    this.#objective = objective;
    this.#front = front;
  }

  /** In the order of arrival. */
  get front(): readonly Evaluation<A>[] {
    return this.#front;
  }

  /** Takes an evaluation that is final, complete and within the limits, if none is as good. */
  add(evaluation: Evaluation<A>): boolean {
    const metrics = incumbentMetrics(evaluation, this.#objective);
    if (metrics === undefined) return false;
    const { compare } = this.#objective;
    const covered = this.#front.some((one) => {
      const order = compare(one.metrics, metrics);
      return order === -1 || order === 0;
    });
    if (covered) return false;
    const rest = this.#front.filter((one) => compare(metrics, one.metrics) !== -1);
    this.#front = [...rest, evaluation];
    return true;
  }
}
