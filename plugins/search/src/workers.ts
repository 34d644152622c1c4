import type { Evaluation, Proposal, Sampler, SearchSpace, State, Stream } from '@archer-nas/core';
import { type Clock, stuck } from './clock.ts';
import { type Flight, flightOf, loadFlight, saveFlight, takeOff } from './flights.ts';
import type { Ledger } from './ledger.ts';
import type { Asked } from './one-by-one.ts';
import type { SearchOptions } from './options.ts';

/** What workers need. */
export interface WorkersOf<A> {
  readonly space: SearchSpace<A>;
  readonly sampler: Sampler<A>;
  readonly streams: (ask: number) => Stream;
  readonly ledger: Ledger<A>;
  readonly clock: Clock;
  readonly options: Pick<SearchOptions, 'workers' | 'batch'>;
}

/** Proposals that came from one ask. */
export interface Batch<A> {
  /** Number of the ask. */
  readonly order: number;
  /** The clock when they were proposed. */
  readonly start: number;
  readonly proposals: readonly Proposal<A>[];
}

/** Everything that changes. */
export interface SavedWorkers extends Readonly<Asked> {
  readonly flights: readonly State[];
  readonly exhausted: boolean;
  readonly over: boolean;
}

/**
 * Simulated workers, each at proposals of its own. The sampler observes an evaluation when it
 * would have ended on the clock, by which time other workers' proposals may be in the air.
 */
export class Workers<A> {
  readonly #of: WorkersOf<A>;
  readonly counts: Asked;
  /** In the order in which they land. */
  readonly #flights: Flight<A>[];
  /** The sampler has no more. */
  exhausted: boolean;
  over: boolean;

  constructor(of: WorkersOf<A>, saved?: SavedWorkers) {
    const { flights = [], asked = 0, issued = 0, exhausted = false, over = false } = saved ?? {};
    this.#of = of;
    this.counts = { asked, issued };
    this.#flights = flights.map((one) => loadFlight(of.space, one, of.clock.limits));
    this.exhausted = exhausted;
    this.over = over && !this.#isExtended;
  }

  /** Whether it ended by a number of evaluations that is larger now. What ends in time lost the rest. */
  get #isExtended(): boolean {
    const { clock, ledger } = this.#of;
    const { evaluations, time } = clock.limits;
    return !this.exhausted && time === Number.POSITIVE_INFINITY && ledger.length < evaluations;
  }

  get state(): SavedWorkers {
    const { asked, issued } = this.counts;
    const flights = this.#flights.map((flight) => saveFlight(this.#of.space, flight));
    return { flights, asked, issued, exhausted: this.exhausted, over: this.over };
  }

  /** New proposals; none when all workers are busy, the budget is given out, or none come. */
  ask(): Batch<A> | undefined {
    const { sampler, streams, clock } = this.#of;
    const room = this.#room();
    if (room === 0) return undefined;
    const answer = sampler.propose(room, streams(this.counts.asked));
    const order = this.counts.asked++;
    if (typeof answer === 'string') this.#refused(answer);
    if (typeof answer === 'string' || answer.length === 0) return undefined;
    this.counts.issued += answer.length;
    return { order, start: clock.time, proposals: answer };
  }

  /** What will come of a batch is known to the search, but not to the sampler yet. */
  takeOff({ order, start }: Batch<A>, evaluations: readonly Evaluation<A>[]): void {
    const flight = flightOf(order, start, evaluations, this.#of.clock.limits);
    // Nobody else is in the air where there is one worker.
    if (this.#of.options.workers === 1) this.#land(flight);
    else takeOff(this.#flights, flight);
  }

  /** The clock moves on to whoever ends next; without anybody the search is over. */
  landNext(): void {
    const flight = this.#flights.shift();
    if (flight === undefined) this.over = true;
    else this.#land(flight);
  }

  /** How many proposals may be asked for. */
  #room(): number {
    const { clock, options } = this.#of;
    const { evaluations, time } = clock.limits;
    const isFull = this.exhausted || this.#flights.length >= options.workers || clock.time >= time;
    return isFull ? 0 : Math.min(options.batch, evaluations - this.counts.issued);
  }

  #refused(answer: 'wait' | 'done'): void {
    if (answer === 'done') this.exhausted = true;
    else if (this.#flights.length === 0) throw stuck(this.#of.ledger.length);
  }

  /** Its evaluations are known; what would end after the budget's time never is. */
  #land({ evaluations, ends, end }: Flight<A>): void {
    const { clock, ledger, sampler } = this.#of;
    const { time } = clock.limits;
    let known = evaluations;
    if (end > time) {
      known = evaluations.slice(
        0,
        ends.findIndex((one) => one > time),
      );
      this.over = true;
      this.#flights.length = 0;
    }
    known.forEach((evaluation, i) => {
      ledger.push(evaluation, ends[i] as number);
    });
    if (known.length > 0) sampler.observe(known);
    clock.move(end, ledger.length);
    if (ledger.length >= clock.limits.evaluations) this.over = true;
  }
}
