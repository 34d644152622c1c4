import {
  ArcherError,
  type Evaluation,
  type EvaluationContext,
  type EvaluationJob,
  EvaluationLog,
  type Evaluator,
  historyOf,
  type MetricSpec,
  type Objective,
  type Phase,
  type Progress,
  type Proposal,
  type Report,
  type Sampler,
  type Search,
  type SearchContext,
  type SearchResult,
  type State,
  type Stream,
  type Views,
} from '@archer-nas/core';
import { type Flight, flightOf, loadFlight, saveFlight, takeOff } from './flights.ts';
import { frontTable, resultMetrics } from './front.ts';
import { Incumbents } from './incumbents.ts';
import { opinion } from './opinion.ts';
import { type Limits, limitsOf, type SearchOptions } from './options.ts';
import type { Alone, LookUp, SearchParts } from './parts.ts';
import { loadProposal, saveProposal } from './saved.ts';

/** Evaluations in a row that may cost nothing, where the budget is in seconds or epochs. */
const MOST_FREE = 100_000;

/** Proposals that the evaluator is working on. */
interface Open<A> {
  readonly order: number;
  readonly start: number;
  readonly proposals: readonly Proposal<A>[];
  readonly job: EvaluationJob<A>;
}

/** Everything that changes. */
interface Saved {
  readonly sampler: State;
  readonly log: State;
  readonly flights: readonly State[];
  readonly open: {
    readonly order: number;
    readonly start: number;
    readonly proposals: readonly State[];
    readonly job: State;
  } | null;
  readonly asked: number;
  readonly issued: number;
  readonly clock: number;
  readonly exhausted: boolean;
  readonly over: boolean;
}

/**
 * The ask-and-tell loop. The sampler proposes, the evaluator evaluates, and the sampler
 * observes the evaluation when it would have ended on the simulated clock, by which time
 * other workers' proposals may be in the air. Ends with the budget or the sampler's 'done'.
 *
 * A step is one step of the evaluator's job; where the evaluator looks values up, it is
 * `perStep` evaluations.
 */
export class AskAndTell<A> implements Search<A> {
  readonly views: Views<A>;
  /** All evaluations are alike, but a step may be a small part of one, or a thousand. */
  readonly phases?: readonly Phase[];
  readonly #parts: SearchParts<A>;
  readonly #options: SearchOptions;
  readonly #limits: Limits;
  readonly #objective: Objective;
  readonly #sampler: Sampler<A>;
  readonly #context: EvaluationContext;
  readonly #streams: (ask: number) => Stream;
  readonly #lookUp: LookUp<A> | undefined;
  readonly #name: string;
  readonly #log: EvaluationLog<A>;
  readonly #incumbents: Incumbents<A>;
  /** In the order in which they land. */
  readonly #flights: Flight<A>[];
  #open: Open<A> | undefined;
  /** How often the sampler was asked, and what it proposed in all. */
  #asked: number;
  #issued: number;
  #clock: number;
  /** The sampler has no more. */
  #exhausted: boolean;
  #over: boolean;
  /** Evaluations in a row that cost nothing. */
  #free = 0;

  constructor(
    parts: SearchParts<A>,
    options: SearchOptions,
    { streams }: SearchContext,
    state?: State,
  ) {
    const { space, evaluator, images } = parts;
    const saved = state as unknown as Saved | undefined;
    this.#parts = parts;
    this.#options = options;
    this.#limits = limitsOf(options);
    this.#objective = parts.objective;
    const metric = this.#objective.metrics[0] as MetricSpec; // an objective has metrics
    const sampling = { space, metric, objective: this.#objective };
    this.#sampler = parts.sampler.begin<A>(sampling, saved?.sampler);
    this.#streams = streams.sequence('propose');
    this.#context = {
      batches: options.batches,
      streams: streams.scope('evaluate'),
      ...(images ? { images } : {}),
      ...(options.fidelity ? { budget: options.fidelity } : {}),
    };
    this.#lookUp = evaluator.lookUp?.bind(evaluator);
    this.#name = parts.sampler.name ?? 'search';
    this.#log = new EvaluationLog(space, this.#limits.unit, saved?.log);
    this.#incumbents = new Incumbents(this.#objective, (a) => space.id(a));
    for (let i = 0; i < this.#log.length; i++) {
      const one = this.#log.at(i);
      this.#incumbents.offer(i, one.proposal.architecture, one);
    }
    this.#flights = (saved?.flights ?? []).map((one) => loadFlight(space, one, this.#limits));
    this.#asked = saved?.asked ?? 0;
    this.#issued = saved?.issued ?? 0;
    this.#clock = saved?.clock ?? 0;
    this.#exhausted = saved?.exhausted ?? false;
    this.#over = saved?.over ?? false;
    const arm = { arm: this.#name, repeat: 0, objective: this.#objective };
    this.views = {
      scores: opinion(space, streams),
      histories: [historyOf({ ...arm, log: this.#log })],
    };
    if (!this.#lookUp) this.phases = [this.#evaluationPhase()];
    if (saved?.open) this.#open = this.#reopened(saved.open);
    // A proposal is always asked for ahead, so that a step is only the evaluator's.
    else if (!this.#lookUp && !saved) this.#goOn();
  }

  get state(): State {
    const { space } = this.#parts;
    const open = this.#open;
    const saved: Saved = {
      sampler: this.#sampler.state,
      log: this.#log.snapshot(),
      flights: this.#flights.map((flight) => saveFlight(space, flight)),
      open: open
        ? {
            order: open.order,
            start: open.start,
            proposals: open.proposals.map((proposal) => saveProposal(space, proposal)),
            job: open.job.state,
          }
        : null,
      asked: this.#asked,
      issued: this.#issued,
      clock: this.#clock,
      exhausted: this.#exhausted,
      over: this.#over,
    };
    return saved as unknown as State;
  }

  get progress(): Progress {
    const done = this.#log.length;
    if (this.#over) return { done, total: done, unit: 'evaluation' };
    const { evaluations, time } = this.#limits;
    const inTime = this.#clock > 0 ? Math.round((done * time) / this.#clock) : evaluations;
    const known = this.#parts.sampler.evaluations ?? Number.POSITIVE_INFINITY;
    const total = Math.min(evaluations, inTime, known);
    return {
      done,
      total: Number.isFinite(total) ? Math.max(done + 1, total) : done + 1,
      unit: 'evaluation',
    };
  }

  incumbents(): readonly Evaluation<A>[] {
    return this.#incumbents.indices.map((index) => this.#log.at(index));
  }

  async step(signal: AbortSignal): Promise<Report> {
    const report = this.#lookUp
      ? this.#lookUpMany(signal, this.#lookUp)
      : await this.#evaluateOn(signal);
    return { ...report, metrics: this.#standing() };
  }

  async result(): Promise<SearchResult<A>> {
    const best = this.incumbents();
    const metrics = resultMetrics(this.#objective, best);
    if (this.#objective.metrics.length === 1) return { best, metrics };
    return {
      best,
      metrics,
      tables: { front: frontTable(this.#objective, best, this.#parts.space) },
    };
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

  /** What a step's metrics show: the best or the size of the front, and the clock. */
  #standing(): Record<string, number> {
    const metrics: Record<string, number> = {};
    if (this.#objective.metrics.length > 1) metrics['front-size'] = this.#incumbents.indices.length;
    else {
      const { name } = this.#objective.metrics[0] as MetricSpec;
      const value = this.#incumbents.best?.[name];
      if (value !== undefined) metrics[`best-${name}`] = value;
    }
    const { unit } = this.#limits;
    if (unit !== 'evaluations' && this.#clock > 0) metrics[`clock-${unit}`] = this.#clock;
    return metrics;
  }

  async #evaluateOn(signal: AbortSignal): Promise<Report> {
    const open = this.#open;
    if (open === undefined) return {};
    const report = await open.job.step(signal);
    const { done, total } = open.job.progress;
    if (done >= total) {
      this.#takeOff(open, open.job.evaluations());
      open.job.dispose?.();
      this.#open = undefined;
      this.#goOn();
    }
    return report;
  }

  /** Asks and lands until there is something to evaluate, or nothing more to come. */
  #goOn(): void {
    while (!this.#over) {
      const asked = this.#ask();
      if (asked !== undefined) {
        this.#open = { ...asked, job: this.#start(asked.proposals) };
        return;
      }
      this.#landNext();
    }
  }

  #lookUpMany(signal: AbortSignal, lookUp: LookUp<A>): Report {
    signal.throwIfAborted();
    const from = this.#log.length;
    const to = from + this.#options.perStep;
    const alone = this.#alone();
    while (!this.#over && this.#log.length < to) {
      if (alone !== undefined) this.#recallNext(alone);
      else {
        const asked = this.#ask();
        if (asked === undefined) this.#landNext();
        else
          this.#takeOff(
            asked,
            asked.proposals.map((one) => lookUp(one, this.#context)),
          );
      }
    }
    if (this.#log.length === from) return {};
    const arm = { arm: this.#name, repeat: 0, from };
    return { evaluated: [{ ...arm, log: this.#log.snapshot(from) }] };
  }

  /** Where one proposal after the other is made, evaluated and observed: no object need be. */
  #alone(): Alone<A> | undefined {
    const { recorded } = this.#parts;
    const { workers, batch } = this.#options;
    const { numbered } = this.#sampler;
    return numbered && recorded && workers * batch === 1 ? { numbered, recorded } : undefined;
  }

  #recallNext({ numbered, recorded }: Alone<A>): void {
    const stop = this.#room() === 0 ? 'done' : numbered.ask(this.#streams(this.#asked++));
    if (stop !== undefined) {
      this.#refused(stop);
      this.#over = true;
      return;
    }
    this.#issued++;
    const { number, architecture } = numbered.newborn;
    const outcome = recorded.outcome(architecture, this.#context);
    const end = this.#clock + recorded.duration(architecture);
    if (end <= this.#limits.time) {
      const merit = recorded.merit(architecture);
      const index = this.#log.length;
      if (this.#incumbents.mayBe(merit)) this.#incumbents.offer(index, architecture, outcome);
      this.#log.pushNewborn(numbered.newborn, outcome, end);
      numbered.tell(number, architecture, outcome, merit);
    } else this.#over = true;
    this.#moveClock(end);
  }

  /** New proposals; none when all workers are busy, the budget is given out, or none come. */
  #ask(): Omit<Open<A>, 'job'> | undefined {
    const room = this.#room();
    if (room === 0) return undefined;
    const answer = this.#sampler.propose(room, this.#streams(this.#asked));
    const order = this.#asked++;
    if (typeof answer === 'string') this.#refused(answer);
    if (typeof answer === 'string' || answer.length === 0) return undefined;
    this.#issued += answer.length;
    return { order, start: this.#clock, proposals: answer };
  }

  /** How many proposals may be asked for. */
  #room(): number {
    const { workers, batch } = this.#options;
    const { evaluations, time } = this.#limits;
    const isFull = this.#exhausted || this.#flights.length >= workers || this.#clock >= time;
    return isFull ? 0 : Math.min(batch, evaluations - this.#issued);
  }

  #refused(answer: 'wait' | 'done'): void {
    if (answer === 'done') this.#exhausted = true;
    else if (this.#flights.length === 0) throw stuck(this.#log.length);
  }

  #takeOff({ order, start }: Omit<Open<A>, 'job'>, evaluations: readonly Evaluation<A>[]): void {
    const flight = flightOf(order, start, evaluations, this.#limits);
    // Nobody else is in the air where there is one worker.
    if (this.#options.workers === 1) this.#land(flight);
    else takeOff(this.#flights, flight);
  }

  #landNext(): void {
    const flight = this.#flights.shift();
    if (flight === undefined) this.#over = true;
    else this.#land(flight);
  }

  /** Its evaluations are known; what would end after the budget's time never is. */
  #land({ evaluations, ends, end }: Flight<A>): void {
    const { time } = this.#limits;
    let known = evaluations;
    if (end > time) {
      known = evaluations.slice(
        0,
        ends.findIndex((one) => one > time),
      );
      this.#over = true;
      this.#flights.length = 0;
    }
    known.forEach((evaluation, i) => {
      this.#learn(evaluation, ends[i] as number);
    });
    this.#tell(known, end);
  }

  #learn(evaluation: Evaluation<A>, time: number): void {
    this.#incumbents.offer(this.#log.length, evaluation.proposal.architecture, evaluation);
    this.#log.push(evaluation, time);
  }

  /** Hands the sampler what is known at the clock's `end`. */
  #tell(known: readonly Evaluation<A>[], end: number): void {
    if (known.length > 0) this.#sampler.observe(known);
    this.#moveClock(end);
  }

  #moveClock(end: number): void {
    this.#guard(end);
    this.#clock = Math.min(end, this.#limits.time);
    if (this.#log.length >= this.#limits.evaluations) this.#over = true;
  }

  /** @throws ArcherError when the clock stands still for ever */
  #guard(end: number): void {
    this.#free = end > this.#clock ? 0 : this.#free + 1;
    if (this.#free > MOST_FREE && this.#limits.time < Number.POSITIVE_INFINITY) {
      throw stuck(this.#log.length, `the last ${MOST_FREE} of which cost nothing`);
    }
  }

  #reopened({ order, start, proposals, job }: NonNullable<Saved['open']>): Open<A> {
    const loaded = proposals.map((one) => loadProposal(this.#parts.space, one));
    return { order, start, proposals: loaded, job: this.#start(loaded, job) };
  }

  /** Called only where nothing is looked up. */
  #start(proposals: readonly Proposal<A>[], saved?: State): EvaluationJob<A> {
    const { start } = this.#parts.evaluator as Pick<Evaluator<A>, 'start'>;
    return start.call(this.#parts.evaluator, proposals, this.#context, saved);
  }
}

function stuck(evaluated: number, why = 'though none is outstanding'): ArcherError {
  return new ArcherError(
    'ARCHER_SEARCH_STUCK',
    `The search does not go on after ${evaluated} evaluations, ${why}.`,
  );
}
