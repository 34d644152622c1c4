import {
  type EvaluatedBatch,
  type Evaluation,
  EvaluationLog,
  type History,
  type HistoryPlace,
  historyOf,
  type Objective,
  type SearchSpace,
  type State,
} from '@archer-nas/core';
import { Incumbents } from './incumbents.ts';
import type { Limits } from './options.ts';

/** What a search writes its evaluations down for. */
export interface LedgerOf<A> {
  readonly space: SearchSpace<A>;
  readonly objective: Objective;
  readonly limits: Limits;
  /** What histories and batches call the search. */
  readonly arm: string;
  /** A place in a log that others keep; absent: the ledger keeps its own. */
  readonly place?: HistoryPlace | undefined;
}

/** What a search has come to know: all of its evaluations, and which are the best. */
export class Ledger<A> {
  readonly log: EvaluationLog<A>;
  readonly incumbents: Incumbents<A>;
  readonly #arm: string;
  readonly #objective: Objective;
  readonly #place: HistoryPlace | undefined;
  /** In the log. */
  readonly #start: number;

  constructor({ space, objective, limits, arm, place }: LedgerOf<A>, saved?: State) {
    this.#arm = arm;
    this.#objective = objective;
    this.#place = place;
    this.log = place?.open(space, limits.unit) ?? new EvaluationLog(space, limits.unit, saved);
    this.#start = this.log.startOf(place?.number ?? 0);
    this.incumbents = new Incumbents(objective, (a) => space.id(a));
    for (let i = this.#start; i < this.log.length; i++) {
      const one = this.log.at(i);
      this.incumbents.offer(i, one.proposal.architecture, one);
    }
  }

  /** How many evaluations. */
  get length(): number {
    return this.log.length - this.#start;
  }

  get history(): History<A> {
    return historyOf({
      arm: this.#arm,
      repeat: 0,
      objective: this.#objective,
      log: this.log,
      history: this.#place?.number ?? 0,
    });
  }

  /** Of the log, where nobody else keeps it. */
  get state(): State {
    return this.#place === undefined ? this.log.snapshot() : null;
  }

  get best(): readonly Evaluation<A>[] {
    return this.incumbents.indices.map((index) => this.log.at(index));
  }

  push(evaluation: Evaluation<A>, time: number): void {
    this.incumbents.offer(this.log.length, evaluation.proposal.architecture, evaluation);
    this.log.push(evaluation, time);
  }

  /** What a step reports that began with `from` evaluations; nothing where others keep the log. */
  batch(from: number): { readonly evaluated?: readonly EvaluatedBatch[] } {
    if (this.#place !== undefined || this.length === from) return {};
    return { evaluated: [{ arm: this.#arm, repeat: 0, from, log: this.log.snapshot(from) }] };
  }
}
