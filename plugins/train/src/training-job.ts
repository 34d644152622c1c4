import {
  ArcherError,
  type Budget,
  type Cost,
  type Evaluation,
  type EvaluationContext,
  type EvaluationJob,
  type Proposal,
  type Report,
  type SearchSpace,
  type State,
  type Streams,
} from '@archer-nas/core';

/** Named values. */
export type Metrics = Readonly<Record<string, number>>;

/** The training of one network, one optimiser step at a time. */
export interface AloneTraining {
  readonly state: State;
  /** One optimiser step; the metrics of the epoch that it ended, where it ended one. */
  step(): Metrics | undefined;
  /** What the trained network scores, `train-loss` of its last epoch included. */
  score(): Metrics;
  dispose(): void;
}

/** What is trained, and for how long. */
export interface Lesson<A> {
  readonly architecture: A;
  readonly epochs: number;
  /** Keyed by the architecture: its place among others must not matter. */
  readonly streams: Streams;
}

/** How the networks of a job are trained. */
export interface AloneRecipe<A> {
  /** Epochs where there is no budget. */
  readonly epochs: number;
  /** Optimiser steps of the first so many epochs. */
  steps(epochs: number): number;
  begin(lesson: Lesson<A>, saved?: State): AloneTraining;
  cost(epochs: number): Cost;
}

/** What a job is made of. */
export interface JobParts<A> {
  readonly space: Pick<SearchSpace<A>, 'id'>;
  readonly recipe: AloneRecipe<A>;
  readonly proposals: readonly Proposal<A>[];
  readonly context: EvaluationContext;
}

interface SavedJob {
  readonly done: number;
  /** Of the finished proposals, by metric. */
  readonly scores: Readonly<Record<string, Float64Array>>;
  readonly training: State;
}

/** Trains one proposal after the other. A step is one optimiser step; the last one also scores. */
export class TrainingJob<A> implements EvaluationJob<A> {
  readonly #parts: JobParts<A>;
  /** Optimiser steps that are complete before each proposal, and after the last. */
  readonly #offsets: readonly number[];
  /** Of the finished proposals. */
  readonly #scores: Metrics[];
  #done: number;
  /** Made at the first step of a proposal. */
  #training: AloneTraining | undefined;

  constructor(parts: JobParts<A>, state: State | undefined) {
    const saved = state as unknown as SavedJob | undefined;
    const { proposals, recipe } = parts;
    this.#parts = parts;
    this.#offsets = runningSums(proposals.map((one) => recipe.steps(this.#epochs(one))));
    this.#done = saved?.done ?? 0;
    this.#scores = rowsOf(saved?.scores ?? {});
    const current = proposals[this.#scores.length];
    if (saved && saved.training !== null && current) {
      this.#training = this.#begin(current, saved.training);
    }
  }

  get state(): State {
    const saved: SavedJob = {
      done: this.#done,
      scores: columnsOf(this.#scores),
      training: this.#training?.state ?? null,
    };
    return saved as unknown as State;
  }

  get progress() {
    return { done: this.#done, total: this.#offsets.at(-1) ?? 0, unit: 'step' } as const;
  }

  async step(): Promise<Report> {
    const at = this.#scores.length;
    const proposal = this.#parts.proposals[at];
    if (proposal === undefined) return {};
    this.#training ??= this.#begin(proposal);
    const epoch = this.#training.step();
    this.#done += 1;
    if (epoch === undefined) return {};
    const metrics = { proposal: at, ...epoch };
    if (this.#done < (this.#offsets[at + 1] ?? 0)) return { metrics };
    return { metrics, evaluations: [this.#finish(proposal, this.#training)] };
  }

  evaluations(): readonly Evaluation<A>[] {
    return this.#parts.proposals
      .slice(0, this.#scores.length)
      .map((proposal, at) => this.#evaluation(proposal, at));
  }

  dispose(): void {
    this.#training?.dispose();
  }

  #begin(proposal: Proposal<A>, saved?: State): AloneTraining {
    const { space, recipe, context } = this.#parts;
    const { architecture } = proposal;
    const streams = context.streams.scope(`train/${space.id(architecture)}`);
    return recipe.begin({ architecture, epochs: this.#epochs(proposal), streams }, saved);
  }

  #finish(proposal: Proposal<A>, training: AloneTraining): Evaluation<A> {
    this.#scores.push(training.score());
    training.dispose();
    this.#training = undefined;
    return this.#evaluation(proposal, this.#scores.length - 1);
  }

  #evaluation(proposal: Proposal<A>, at: number): Evaluation<A> {
    const epochs = this.#epochs(proposal);
    const metrics = this.#scores[at] ?? {};
    const loss = metrics['train-loss'] ?? Number.NaN;
    const diverged = !Number.isFinite(loss);
    return {
      proposal,
      budget: { amount: epochs, unit: 'epoch' },
      metrics,
      cost: this.#parts.recipe.cost(epochs),
      status: diverged ? 'failed' : 'final',
      ...(diverged ? { reason: `the training diverged: its last loss is ${loss}` } : {}),
    };
  }

  #epochs({ budget = this.#parts.context.budget }: Proposal<A>): number {
    return budget === undefined ? this.#parts.recipe.epochs : epochsOf(budget);
  }
}

/** @throws ArcherError `ARCHER_BUDGET` unless it is a whole number of epochs, at least one */
function epochsOf({ amount, unit }: Budget): number {
  if (unit === 'epoch' && Number.isInteger(amount) && amount >= 1) return amount;
  throw new ArcherError(
    'ARCHER_BUDGET',
    `A training alone takes a budget in whole epochs, at least 1; given: ${amount} ${unit}.`,
  );
}

/** 0, a, a + b, … */
function runningSums(values: readonly number[]): number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return sums;
}

/** Typed arrays keep values that JSON does not know. */
function columnsOf(rows: readonly Metrics[]): Record<string, Float64Array> {
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, Float64Array.from(rows, (row) => row[name] ?? Number.NaN)]),
  );
}

function rowsOf(columns: Readonly<Record<string, Float64Array>>): Metrics[] {
  const names = Object.keys(columns);
  const count = columns[names[0] ?? '']?.length ?? 0;
  return Array.from({ length: count }, (_, at) =>
    Object.fromEntries(names.map((name) => [name, columns[name]?.[at] ?? Number.NaN])),
  );
}
