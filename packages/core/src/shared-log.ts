import { type ClockUnit, EvaluationLog } from './evaluation-log.ts';
import type { HistoryPlace } from './search.ts';
import type { SearchSpace } from './space.ts';
import type { State } from './state.ts';

/**
 * One log for searches of one strategy that come one after the other, each a history of its
 * own. Whoever runs the searches keeps it: it is no part of their states.
 */
export class SharedLog {
  #saved: State | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: of the first search's architectures or codes
  #log: EvaluationLog<any> | undefined;

  /** @param saved an earlier one's `state` */
  constructor(saved?: State) {
    this.#saved = saved;
  }

  /** What the search that is the `number`th writes to. */
  place(number: number): HistoryPlace {
    return {
      number,
      open: <A>(space: SearchSpace<A>, clock: ClockUnit): EvaluationLog<A> => {
        const log = this.#open(space, clock);
        while (log.histories <= number) log.begin();
        return log;
      },
    };
  }

  /** Absent as long as no search has opened it, nor one before it was saved. */
  get state(): State | undefined {
    return this.#log?.snapshot() ?? this.#saved;
  }

  get length(): number {
    if (this.#log !== undefined) return this.#log.length;
    return this.#saved === undefined ? 0 : EvaluationLog.lengthOf(this.#saved);
  }

  /** All of it as a log of architectures: a copy, where the searches write codes. */
  read<A>(space: SearchSpace<A>): EvaluationLog<A> {
    const { state } = this;
    return state ? EvaluationLog.from(space, state) : new EvaluationLog(space, 'evaluations');
  }

  /** Whether the `number`th search has opened its place. */
  has(number: number): boolean {
    return this.#log !== undefined && this.#log.histories > number;
  }

  /** The evaluations from `from` on, with the number of the search that the first is of. */
  since(from: number): { readonly search: number; readonly from: number; readonly log: State } {
    const log = this.#log as EvaluationLog<unknown>; // something was written
    const search = log.historyAt(from);
    return { search, from: from - log.startOf(search), log: log.snapshot(from) };
  }

  #open<A>(space: SearchSpace<A>, clock: ClockUnit): EvaluationLog<A> {
    if (this.#log === undefined) {
      const saved = this.#saved;
      this.#log = saved ? EvaluationLog.from(space, saved) : new EvaluationLog(space, clock);
      this.#saved = undefined;
    }
    return this.#log;
  }
}
