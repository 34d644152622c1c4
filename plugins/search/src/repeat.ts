import {
  type EvaluatedBatch,
  type Evaluation,
  type EvaluationLog,
  type History,
  historyOf,
  type Objective,
  type Progress,
  type Report,
  type Search,
  type SearchContext,
  type SearchResult,
  type SearchSpace,
  SharedLog,
  type State,
  type Views,
} from '@archer-nas/core';
import { Incumbents } from './incumbents.ts';
import { type Arm, historyOfArm, objectivesOf } from './repeat-arms.ts';
import { copyHistory, renamed } from './repeat-histories.ts';
import { checked, FORMAT, type SavedRepeat } from './repeat-state.ts';
import { loadEvaluation, saveEvaluation } from './saved.ts';
import { type ArmResults, summaryMetrics, summaryTable } from './summary.ts';

/** What is repeated, and where it searches. */
export interface RepeatParts<A> {
  readonly space: SearchSpace<A>;
  readonly arms: readonly Arm<A>[];
}

/** See the plugin's options. */
export interface RepeatOptions {
  readonly times: number;
  /** Evaluations per step at least, where the arms look evaluations up. */
  readonly perStep: number;
}

/**
 * Independent repetitions: first every arm once, then every arm again, so that a run that is
 * still going on compares arms by as many repetitions each, give or take one. Each has the
 * streams of its arm's name and its number, and ends with the result that it would have alone.
 */
export async function beginRepeat<A>(
  parts: RepeatParts<A>,
  options: RepeatOptions,
  context: SearchContext,
  saved?: State,
): Promise<Search<A>> {
  const state = saved === undefined ? undefined : checked(saved);
  const repeat = new Repeat(
    parts,
    options,
    await objectivesOf(parts.arms, context),
    context,
    state,
  );
  await repeat.open(state?.search ?? undefined);
  return repeat;
}

const NEVER = new AbortController().signal;

/** Whose turn it is. */
interface Turn<A> {
  readonly arm: Arm<A>;
  /** Position of the arm. */
  readonly at: number;
  readonly repeat: number;
  readonly log: SharedLog;
}

class Repeat<A> implements Search<A> {
  readonly #parts: RepeatParts<A>;
  readonly #options: RepeatOptions;
  /** By arm. */
  readonly #objectives: readonly Objective[];
  /** By arm. */
  readonly #logs: readonly SharedLog[];
  readonly #context: SearchContext;
  /** By turn. */
  readonly #ended: Readonly<Record<string, number>>[];
  /** Histories of `#ended`, made when somebody looks. */
  #read: readonly History<A>[] = [];
  #before: number;
  #best: readonly Evaluation<A>[];
  /** None when all are over. */
  #search: Search<A> | undefined;

  constructor(
    parts: RepeatParts<A>,
    options: RepeatOptions,
    objectives: readonly Objective[],
    context: SearchContext,
    saved: SavedRepeat | undefined,
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#objectives = objectives;
    this.#context = context;
    this.#logs = parts.arms.map((_, at) => new SharedLog(saved?.logs[at] ?? undefined));
    this.#ended = [...(saved?.ended ?? [])];
    this.#before = saved?.before ?? 0;
    this.#best = (saved?.best ?? []).map((one) => loadEvaluation(parts.space, one));
  }

  /** Begins the repetition whose turn it is, or goes on with it. */
  async open(saved?: State): Promise<void> {
    this.#search = undefined;
    if (this.#ended.length === this.#options.times * this.#parts.arms.length) return;
    const { arm, repeat, log } = this.#turn(this.#ended.length);
    const streams = this.#context.streams.scope(`${arm.name}/${repeat}`);
    const context = { streams, history: log.place(repeat) };
    this.#search = await arm.strategy.begin(context, saved);
  }

  get state(): State {
    const { space } = this.#parts;
    const saved: SavedRepeat = {
      format: FORMAT,
      ended: [...this.#ended],
      logs: this.#logs.map((log) => log.state ?? null),
      search: this.#search?.state ?? null,
      best: this.#best.map((one) => saveEvaluation(space, one)),
      before: this.#before,
    };
    return saved as unknown as State;
  }

  get progress(): Progress {
    const unit = 'evaluation';
    const search = this.#search?.progress;
    if (search === undefined) return { done: this.#before, total: this.#before, unit };
    const left = this.#options.times * this.#parts.arms.length - this.#ended.length;
    return { done: this.#before + search.done, total: this.#before + search.total * left, unit };
  }

  /** The best of all repetitions of all arms, by the objective of the first arm. */
  incumbents(): readonly Evaluation<A>[] {
    return this.#bestOf([...this.#best, ...(this.#search?.incumbents() ?? [])]);
  }

  get views(): Views<A> {
    return { histories: this.#histories() };
  }

  async step(signal: AbortSignal): Promise<Report> {
    const begun = this.#logs.map(({ length }) => length);
    /** Arms whose searches write to the log, in the order in which they came. */
    const written = new Set<number>();
    const evaluated: EvaluatedBatch[] = [];
    const start = this.progress.done;
    let report: Report = {};
    while (this.#search !== undefined) {
      const { arm, at, repeat, log } = this.#turn(this.#ended.length);
      const { length } = log;
      // Once something has happened the step ends; look-ups do not take long.
      report = await this.#search.step(written.size + evaluated.length === 0 ? signal : NEVER);
      const own = report.evaluated?.map((one) => ({ ...one, arm: arm.name, repeat })) ?? [];
      evaluated.push(...own);
      if (log.length > length) written.add(at);
      const isColumns = own.length > 0 || log.length > length;
      const { done, total } = this.#search.progress;
      if (done >= total) await this.#end(this.#search);
      if (!isColumns || this.progress.done - start >= this.#options.perStep) break;
    }
    for (const at of written) evaluated.push(this.#batch(at, begun[at] as number)); // by arm
    const metrics = { 'ended-repetitions': this.#ended.length };
    const batches = evaluated.length > 0 ? { evaluated } : {};
    return { ...report, ...batches, metrics };
  }

  async result(): Promise<SearchResult<A>> {
    const { times } = this.#options;
    const arms = this.#results();
    return {
      best: this.incumbents(),
      metrics: summaryMetrics(arms),
      tables: { repetitions: summaryTable(arms, times) },
    };
  }

  dispose(): void {
    this.#search?.dispose?.();
  }

  async #end(search: Search<A>): Promise<void> {
    const { arm, repeat, log } = this.#turn(this.#ended.length);
    const { best, metrics } = await search.result();
    if (!log.has(repeat))
      copyHistory(historyOfArm(search, arm), this.#parts.space, log.place(repeat));
    this.#before += search.progress.done;
    this.#best = this.#bestOf([...this.#best, ...best]);
    this.#search = undefined;
    this.#ended.push(metrics);
    search.dispose?.();
    await this.open();
  }

  #bestOf(all: readonly Evaluation<A>[]): readonly Evaluation<A>[] {
    const { space } = this.#parts;
    const objective = this.#objectives[0] as Objective; // the manifest gives at least one arm
    const incumbents = new Incumbents<A>(objective, (a) => space.id(a));
    all.forEach((one, index) => {
      incumbents.offer(index, one.proposal.architecture, one);
    });
    return incumbents.indices.map((index) => all[index] as Evaluation<A>);
  }

  #turn(turn: number): Turn<A> {
    const { arms } = this.#parts;
    const at = turn % arms.length;
    const [arm, log] = [arms[at] as Arm<A>, this.#logs[at] as SharedLog]; // there is at least one
    return { arm, at, repeat: Math.floor(turn / arms.length), log };
  }

  #batch(at: number, begun: number): EvaluatedBatch {
    const { search, from, log } = (this.#logs[at] as SharedLog).since(begun); // as many as arms
    return { arm: (this.#parts.arms[at] as Arm<A>).name, repeat: search, from, log };
  }

  #histories(): readonly History<A>[] {
    const ended = this.#endedHistories();
    if (this.#search === undefined) return ended;
    const { arm, repeat } = this.#turn(this.#ended.length);
    return [...ended, renamed(historyOfArm(this.#search, arm), arm.name, repeat)];
  }

  /** Of the repetitions that have ended. */
  #endedHistories(): readonly History<A>[] {
    if (this.#read.length === this.#ended.length) return this.#read;
    const logs = this.#logs.map((log) => log.read(this.#parts.space));
    this.#read = this.#ended.map((_, turn) => {
      const { arm, at, repeat } = this.#turn(turn);
      const objective = this.#objectives[at] as Objective; // as many as arms
      const log = logs[at] as EvaluationLog<A>;
      return historyOf({ arm: arm.name, repeat, objective, log, history: repeat });
    });
    return this.#read;
  }

  #results(): readonly ArmResults[] {
    const { arms } = this.#parts;
    return arms.map(({ name }, i) => ({
      name,
      results: this.#ended.filter((_, turn) => turn % arms.length === i),
    }));
  }
}
