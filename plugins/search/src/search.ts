import type {
  Evaluation,
  EvaluationContext,
  EvaluationJob,
  Evaluator,
  MetricSpec,
  Phase,
  Progress,
  Proposal,
  Report,
  Sampler,
  Search,
  SearchContext,
  SearchResult,
  State,
  Stream,
  Streams,
  Views,
} from '@archer-nas/core';
import { Clock } from './clock.ts';
import { frontTable, resultMetrics } from './front.ts';
import { Ledger } from './ledger.ts';
import { oneByOne } from './one-by-one.ts';
import { loadBatch, type Open, type SavedOpen, saveOpen } from './open-batch.ts';
import { opinion } from './opinion.ts';
import { limitsOf, type SearchOptions } from './options.ts';
import type { LookUp, SearchParts } from './parts.ts';
import { standing } from './standing.ts';
import { type SavedWorkers, Workers } from './workers.ts';

/** Everything that changes. */
interface Saved extends SavedWorkers {
  readonly sampler: State;
  /** `null` where others keep it. */
  readonly log: State;
  readonly open: SavedOpen | null;
  readonly clock: number;
}

/**
 * The ask-and-tell loop. The sampler proposes, the evaluator evaluates, and the sampler
 * observes the evaluation when it would have ended on the simulated clock. Ends with the budget
 * or the sampler's 'done'.
 *
 * A step is one step of the evaluator's job; where the evaluator looks values up, it is
 * `perStep` evaluations.
 */
export class AskAndTell<A> implements Search<A> {
  /** All evaluations are alike, but a step may be a small part of one, or a thousand. */
  readonly phases?: readonly Phase[];
  readonly #parts: SearchParts<A>;
  readonly #options: SearchOptions;
  readonly #streams: Streams;
  readonly #sampler: Sampler<A>;
  readonly #context: EvaluationContext;
  /** Of the sampler's draws, by the number of the ask. */
  readonly #asks: (ask: number) => Stream;
  readonly #lookUp: LookUp<A> | undefined;
  readonly #ledger: Ledger<A>;
  readonly #clock: Clock;
  readonly #workers: Workers<A>;
  #open: Open<A> | undefined;

  constructor(
    parts: SearchParts<A>,
    options: SearchOptions,
    { streams, history: place }: SearchContext,
    state?: State,
  ) {
    const { space, evaluator, images, objective } = parts;
    const saved = state as unknown as Saved | undefined;
    const limits = limitsOf(options);
    const metric = objective.metrics[0] as MetricSpec; // an objective has metrics
    this.#parts = parts;
    this.#options = options;
    this.#streams = streams;
    this.#sampler = parts.sampler.begin<A>({ space, metric, objective }, saved?.sampler);
    this.#asks = streams.sequence('propose');
    this.#context = {
      batches: options.batches,
      streams: streams.scope('evaluate'),
      ...(images ? { images } : {}),
      ...(options.fidelity ? { budget: options.fidelity } : {}),
    };
    this.#lookUp = evaluator.lookUp?.bind(evaluator);
    const arm = parts.sampler.name ?? 'search';
    // Other evaluations are reported one by one, as the evaluator does.
    const shared = this.#lookUp && place;
    const ledger = new Ledger({ space, objective, limits, arm, place: shared }, saved?.log);
    const clock = new Clock(limits, saved?.clock);
    this.#ledger = ledger;
    this.#clock = clock;
    this.#workers = new Workers(
      { space, sampler: this.#sampler, streams: this.#asks, ledger, clock, options },
      saved,
    );
    if (!this.#lookUp) this.phases = [this.#evaluationPhase()];
    if (saved?.open) {
      const batch = loadBatch(space, saved.open);
      this.#open = { ...batch, job: this.#start(batch.proposals, saved.open.job) };
    }
    // A proposal is always asked for ahead, so that a step is only the evaluator's.
    if (!this.#lookUp && this.#open === undefined) this.#goOn();
  }

  get views(): Views<A> {
    const scores = opinion(this.#parts.space, this.#streams);
    return { scores, histories: [this.#ledger.history] };
  }

  get state(): State {
    const open = this.#open;
    const saved: Saved = {
      sampler: this.#sampler.state,
      log: this.#ledger.state,
      open: open ? saveOpen(this.#parts.space, open) : null,
      clock: this.#clock.time,
      ...this.#workers.state,
    };
    return saved as unknown as State;
  }

  get progress(): Progress {
    const unit = 'evaluation';
    const done = this.#ledger.length;
    if (this.#workers.over) return { done, total: done, unit };
    const { limits, time } = this.#clock;
    const inTime = time > 0 ? Math.round((done * limits.time) / time) : limits.evaluations;
    const known = this.#parts.sampler.evaluations ?? Number.POSITIVE_INFINITY;
    const total = Math.min(limits.evaluations, inTime, known);
    return { done, total: Number.isFinite(total) ? Math.max(done + 1, total) : done + 1, unit };
  }

  incumbents(): readonly Evaluation<A>[] {
    return this.#ledger.best;
  }

  async step(signal: AbortSignal): Promise<Report> {
    const report = this.#lookUp
      ? this.#lookUpMany(signal, this.#lookUp)
      : await this.#evaluateOn(signal);
    const { incumbents } = this.#ledger;
    return { ...report, metrics: standing(this.#parts.objective, incumbents, this.#clock) };
  }

  async result(): Promise<SearchResult<A>> {
    const best = this.incumbents();
    const { objective, space } = this.#parts;
    const metrics = resultMetrics(objective, best);
    if (objective.metrics.length === 1) return { best, metrics };
    const front = frontTable(objective, best, space);
    return { best, metrics, tables: { front } };
  }

  dispose(): void {
    this.#open?.job.dispose?.();
  }

  #evaluationPhase(): Phase {
    return {
      name: 'evaluation',
      sample: async () => {
        const proposals = this.#open?.proposals ?? [];
        const job = this.#start(proposals);
        return { job, times: this.progress.total / Math.max(1, proposals.length) };
      },
    };
  }

  async #evaluateOn(signal: AbortSignal): Promise<Report> {
    const open = this.#open;
    if (open === undefined) return {};
    const report = await open.job.step(signal);
    const { done, total } = open.job.progress;
    if (done >= total) {
      this.#workers.takeOff(open, open.job.evaluations());
      open.job.dispose?.();
      this.#open = undefined;
      this.#goOn();
    }
    return report;
  }

  /** Asks and lands until there is something to evaluate, or nothing more to come. */
  #goOn(): void {
    const workers = this.#workers;
    while (!workers.over) {
      const asked = workers.ask();
      if (asked !== undefined) {
        this.#open = { ...asked, job: this.#start(asked.proposals) };
        return;
      }
      workers.landNext();
    }
  }

  #lookUpMany(signal: AbortSignal, lookUp: LookUp<A>): Report {
    signal.throwIfAborted();
    const workers = this.#workers;
    const from = this.#ledger.length;
    const to = from + this.#options.perStep;
    if (!this.#alone(to)) {
      while (!workers.over && this.#ledger.length < to) {
        const asked = workers.ask();
        if (asked === undefined) workers.landNext();
        else {
          const evaluations = asked.proposals.map((one) => lookUp(one, this.#context));
          workers.takeOff(asked, evaluations);
        }
      }
    }
    return this.#ledger.batch(from);
  }

  /** Where one comes after the other and no object need be. @returns whether that is so here */
  #alone(to: number): boolean {
    const { recorded } = this.#parts;
    const { numbered: sampler } = this.#sampler;
    const { workers: count, batch } = this.#options;
    if (!sampler || !recorded || count * batch !== 1) return false;
    const workers = this.#workers;
    if (workers.over) return true;
    const end = oneByOne(
      {
        sampler,
        recorded,
        streams: this.#asks,
        context: this.#context,
        ledger: this.#ledger,
        clock: this.#clock,
      },
      workers.counts,
      to,
    );
    workers.over = end !== undefined;
    workers.exhausted = end === 'exhausted';
    return true;
  }

  /** Called only where nothing is looked up. */
  #start(proposals: readonly Proposal<A>[], saved?: State): EvaluationJob<A> {
    const { start } = this.#parts.evaluator as Pick<Evaluator<A>, 'start'>;
    return start.call(this.#parts.evaluator, proposals, this.#context, saved);
  }
}
