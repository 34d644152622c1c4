import {
  ArcherError,
  type EvaluatedBatch,
  type Evaluation,
  EvaluationLog,
  EXIT,
  type History,
  historyOf,
  type Objective,
  type Progress,
  type Report,
  type Search,
  type SearchContext,
  type SearchResult,
  type SearchSpace,
  type State,
  type Strategy,
  type Views,
} from '@archer-nas/core';
import { Incumbents } from './incumbents.ts';
import { loadEvaluation, saveEvaluation } from './saved.ts';
import { type ArmResults, summaryMetrics, summaryTable } from './summary.ts';

/** A strategy that is repeated, and what it is called. */
export interface Arm<A> {
  readonly name: string;
  readonly strategy: Strategy<A>;
}

export interface RepeatParts<A> {
  readonly space: SearchSpace<A>;
  readonly arms: readonly Arm<A>[];
}

export interface RepeatOptions {
  readonly times: number;
  /** Evaluations per step at least, where the arms look evaluations up. */
  readonly perStep: number;
}

/** A repetition that has ended. */
interface Ended {
  /** Its history; see `EvaluationLog.from`. */
  readonly history: State;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Everything that changes. */
interface Saved {
  readonly ended: readonly Ended[];
  /** The repetition under way. */
  readonly search: State | null;
  readonly best: readonly State[];
  /** Evaluations of those that have ended. */
  readonly before: number;
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
  const state = saved as unknown as Saved | undefined;
  const repeat = new Repeat(parts, options, await objectivesOf(parts, context), context, state);
  await repeat.open(state?.search ?? undefined);
  return repeat;
}

/** What the arms search for, which is known only of searches that have begun. */
async function objectivesOf<A>(
  { arms }: RepeatParts<A>,
  context: SearchContext,
): Promise<readonly Objective[]> {
  const objectives: Objective[] = [];
  for (const arm of arms) {
    const search = await arm.strategy.begin(context);
    objectives.push(historyOfArm(search, arm).objective);
    search.dispose?.();
  }
  return objectives;
}

function historyOfArm<A>(search: Search<A>, arm: Arm<A>): History<A> {
  const history = search.views.histories?.[0];
  if (history !== undefined) return history;
  throw new ArcherError(
    'ARCHER_CAPABILITY',
    `repeat: the strategy of arm "${arm.name}" has no view "histories"`,
    { exit: EXIT.manifest },
  );
}

const NEVER = new AbortController().signal;

class Repeat<A> implements Search<A> {
  readonly #parts: RepeatParts<A>;
  readonly #options: RepeatOptions;
  /** By arm. */
  readonly #objectives: readonly Objective[];
  readonly #context: SearchContext;
  readonly #ended: Ended[];
  /** Histories of `#ended`, made when somebody looks. */
  readonly #logs = new Map<number, EvaluationLog<A>>();
  #before: number;
  #best: readonly Evaluation<A>[];
  /** None when all are over. */
  #search: Search<A> | undefined;

  constructor(
    parts: RepeatParts<A>,
    options: RepeatOptions,
    objectives: readonly Objective[],
    context: SearchContext,
    saved: Saved | undefined,
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#objectives = objectives;
    this.#context = context;
    this.#ended = [...(saved?.ended ?? [])];
    this.#before = saved?.before ?? 0;
    this.#best = (saved?.best ?? []).map((one) => loadEvaluation(parts.space, one));
  }

  /** Begins the repetition whose turn it is, or goes on with it. */
  async open(saved?: State): Promise<void> {
    const turn = this.#ended.length;
    const { arms } = this.#parts;
    this.#search = undefined;
    if (turn === this.#options.times * arms.length) return;
    const { arm, repeat } = this.#placeOf(turn);
    const streams = this.#context.streams.scope(`${arm.name}/${repeat}`);
    this.#search = await arm.strategy.begin({ streams }, saved);
  }

  get state(): State {
    const { space } = this.#parts;
    const saved: Saved = {
      ended: [...this.#ended],
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
    const all = [...this.#best, ...(this.#search?.incumbents() ?? [])];
    const { space } = this.#parts;
    const objective = this.#objectives[0] as Objective; // the manifest gives at least one arm
    const incumbents = new Incumbents<A>(objective, (a) => space.id(a));
    all.forEach((one, index) => {
      incumbents.offer(index, one.proposal.architecture, one);
    });
    return incumbents.indices.map((index) => all[index] as Evaluation<A>);
  }

  get views(): Views<A> {
    return { histories: this.#histories() };
  }

  async step(signal: AbortSignal): Promise<Report> {
    const evaluated: EvaluatedBatch[] = [];
    const start = this.progress.done;
    let report: Report = {};
    while (this.#search !== undefined) {
      const { arm, repeat } = this.#placeOf(this.#ended.length);
      // Once something has happened the step ends; look-ups do not take long.
      report = await this.#search.step(evaluated.length === 0 ? signal : NEVER);
      const own = report.evaluated?.map((one) => ({ ...one, arm: arm.name, repeat })) ?? [];
      evaluated.push(...own);
      if (this.#search.progress.done >= this.#search.progress.total) {
        await this.#end(this.#search, own[0]);
      }
      if (own.length === 0 || this.progress.done - start >= this.#options.perStep) break;
    }
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

  /** @param batch what the last step reported, which may be the whole history already */
  async #end(search: Search<A>, batch: EvaluatedBatch | undefined): Promise<void> {
    const { arm } = this.#placeOf(this.#ended.length);
    const { best, metrics } = await search.result();
    const history = historyOfArm(search, arm);
    this.#before += search.progress.done;
    this.#best = [...this.#best, ...best];
    this.#best = this.incumbents();
    const whole = batch?.from === 0 ? batch.log : snapshotOf(history, this.#parts.space);
    this.#ended.push({ history: whole, metrics });
    search.dispose?.();
    await this.open();
  }

  #placeOf(turn: number): { readonly arm: Arm<A>; readonly repeat: number } {
    const { arms } = this.#parts;
    const arm = arms[turn % arms.length] as Arm<A>; // the manifest gives at least one
    return { arm, repeat: Math.floor(turn / arms.length) };
  }

  #histories(): readonly History<A>[] {
    const ended = this.#ended.map(({ history }, turn) => {
      const { arm, repeat } = this.#placeOf(turn);
      const objective = this.#objectives[turn % this.#objectives.length] as Objective; // as arms
      const log = this.#logs.get(turn) ?? EvaluationLog.from(this.#parts.space, history);
      this.#logs.set(turn, log);
      return historyOf({ arm: arm.name, repeat, objective, log });
    });
    if (this.#search === undefined) return ended;
    const { arm, repeat } = this.#placeOf(this.#ended.length);
    return [...ended, renamed(historyOfArm(this.#search, arm), arm.name, repeat)];
  }

  #results(): readonly ArmResults[] {
    const { arms } = this.#parts;
    return arms.map(({ name }, i) => ({
      name,
      results: this.#ended.filter((_, turn) => turn % arms.length === i).map((one) => one.metrics),
    }));
  }
}

function snapshotOf<A>(history: History<A>, space: SearchSpace<A>): State {
  const state = history.snapshot?.();
  if (state !== undefined) return state;
  const log = new EvaluationLog(space, 'seconds');
  for (let i = 0; i < history.length; i++) log.push(history.at(i), history.paid(i).seconds ?? 0);
  return log.snapshot();
}

function renamed<A>(history: History<A>, arm: string, repeat: number): History<A> {
  return {
    arm,
    repeat,
    objective: history.objective,
    get length() {
      return history.length;
    },
    at: (index) => history.at(index),
    paid: (index) => history.paid(index),
  };
}
