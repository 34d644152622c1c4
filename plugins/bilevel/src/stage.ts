import type { Allowed, DataSet, State, Streams, Table, TextData } from '@archer-nas/core';
import type {
  LanguageMixtureSpace,
  MixtureSpace,
  Modifier,
  RelaxationRecipe,
  RelaxedView,
  Rows,
} from '@archer-nas/nn';
import { alphaTable } from './alpha-table.ts';
import { type Lesson, lessonOf } from './lesson.ts';
import type { BilevelOptions } from './options.ts';
import { BilevelTraining } from './training.ts';

/** What the stages of a search are made of. */
export interface StageParts<A> {
  readonly space: MixtureSpace<A> | LanguageMixtureSpace<A>;
  readonly data: DataSet | TextData;
  readonly relaxation: RelaxationRecipe;
  readonly modifiers: readonly Modifier[];
  readonly options: BilevelOptions;
  readonly streams: Streams;
  /** Of another run, which the first stage begins with; absent: drawn. */
  readonly weights?: State | undefined;
}

/** What makes a stage different from others. A plain value. */
export interface StagePlan {
  /** Counted from 0. */
  readonly stage: number;
  /** The options that decisions have; absent: all. */
  readonly allowed?: Allowed;
  /** Of the weights; absent: that of the options. */
  readonly weightDecay?: number;
}

/** What a stage shows. */
export type StageViews<A> = ReturnType<Lesson<A>['views']> & {
  /** The probabilities of the options now. */
  readonly alpha: { readonly probabilities: Rows };
  /** α and the loss around it. */
  readonly relaxed: RelaxedView;
};

/** One training from scratch: a supernet, its weights, its relaxation, and what is shown of them. */
export class Stage<A> {
  readonly plan: StagePlan;
  readonly training: BilevelTraining;
  readonly views: StageViews<A>;
  readonly #lesson: Lesson<A>;

  constructor(parts: StageParts<A>, plan: StagePlan, saved?: State) {
    const { modifiers, relaxation } = parts;
    const { stage, allowed, weightDecay = parts.options.weightDecay } = plan;
    const streams = stage === 0 ? parts.streams : parts.streams.scope(`stage-${stage}`);
    const options = { ...parts.options, weightDecay };
    const { evaluation } = options;
    this.plan = plan;
    this.#lesson = lessonOf({ ...parts, evaluation, streams, stage, allowed });
    const inherited = stage === 0 ? parts.weights : undefined;
    const taught = { ...this.#lesson, relaxation, modifiers, options, streams, stage, inherited };
    this.training = new BilevelTraining(taught, saved);
    const { store, relaxation: alpha, relaxed } = this.training;
    this.views = Object.assign(this.#lesson.views(store), { alpha, relaxed });
  }

  get sites(): number {
    return this.#lesson.network.sites.length;
  }

  /** The probabilities of the options now, as a table. */
  get alpha(): Table {
    return alphaTable(this.#lesson.network.sites, this.training.relaxation.probabilities);
  }

  /** What the space derives, as modifiers want it: now, or of other rows by the options of this stage. */
  derived(rows?: Rows): A {
    const { scores, probabilities } = this.training.relaxation;
    return this.#lesson.derive(this.training.scores(rows ?? scores ?? probabilities));
  }

  /** The stage after this one. */
  next(): StagePlan {
    const { stage, allowed, weightDecay } = this.plan;
    const kept = this.training.keep;
    const all = kept?.map((row, decision) => row.map((at) => allowed?.[decision]?.[at] ?? at));
    const left = all ?? allowed;
    const decay = weightDecay === undefined ? {} : { weightDecay };
    return { stage: stage + 1, ...decay, ...(left && { allowed: left }) };
  }

  dispose(): void {
    this.views.dispose();
    this.training.dispose();
  }
}
