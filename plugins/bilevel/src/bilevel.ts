import type {
  DataSet,
  Evaluation,
  Report,
  Search,
  SearchContext,
  SearchResult,
  State,
  Strategy,
  TextData,
} from '@archer-nas/core';
import type {
  EpochVerdict,
  LanguageMixtureSpace,
  MixtureSpace,
  Modifier,
  RelaxationRecipe,
  Rows,
} from '@archer-nas/nn';
import { Course } from './course.ts';
import type { BilevelOptions } from './options.ts';
import { neverLearns, nothingChosen, nothingHeldOut } from './refusals.ts';
import { Selection, selectionSize } from './selection.ts';
import type { StageViews } from './stage.ts';

/** What the strategy is made of. */
export interface BilevelParts<A> {
  readonly space: MixtureSpace<A> | LanguageMixtureSpace<A>;
  readonly data: DataSet | TextData;
  readonly relaxation: RelaxationRecipe;
  readonly modifiers: readonly Modifier[];
}

/** What a bilevel search shows to studies and exports: of its last stage, where it has several. */
export type BilevelViews<A> = StageViews<A> & {
  /** The architecture that was derived, or selected, at the end of each epoch so far. */
  readonly trajectory: readonly A[];
};

/**
 * A search that trains a mixture of all operations and derives an architecture from it, or
 * selects the best of some that it draws.
 * @throws ArcherError `ARCHER_SPLIT_MISSING` when there are no images that the weights do not see
 * and something needs them
 */
export function bilevel<A>(options: BilevelOptions, parts: BilevelParts<A>): Strategy<A> {
  const { data, relaxation } = parts;
  const needsValid = !relaxation.trainOnly || options.selection !== undefined;
  if (needsValid && !data.splits.includes('valid')) throw nothingHeldOut(data);
  return {
    takesWeights: true,
    begin: async (context, saved) => new BilevelSearch(options, parts, context, saved),
  };
}

interface SavedBilevel {
  readonly course: State;
  readonly selection: State;
  /** Architectures in the space's notation, one per complete epoch. */
  readonly trajectory: readonly string[];
  /** What modifiers ended the search with. */
  readonly ended: string | null;
  /** What modifiers decided at the end of an epoch whose selection is not complete. */
  readonly verdict: EpochVerdict | null;
}

class BilevelSearch<A> implements Search<A> {
  readonly #space: MixtureSpace<A> | LanguageMixtureSpace<A>;
  readonly #course: Course<A>;
  /** Whether every epoch ends with a selection of its own. */
  readonly #isEachEpochs: boolean;
  /** Architectures that a selection scores; 0 where there is none. */
  readonly #each: number;
  readonly #begin: (saved?: State) => Selection<A> | undefined;
  /** The one at the end, or that of the last epoch that has begun one. */
  #selection: Selection<A> | undefined;
  readonly #trajectory: A[];
  #ended: A | undefined;
  /** What modifiers decided at the end of an epoch whose selection is not complete. */
  #verdict: EpochVerdict | undefined;

  constructor(
    options: BilevelOptions,
    parts: BilevelParts<A>,
    { streams, weights }: SearchContext,
    state?: State,
  ) {
    const { space, data } = parts;
    const saved = state as unknown as SavedBilevel | undefined;
    this.#space = space;
    this.#course = new Course({ ...parts, options, streams, weights }, saved?.course);
    this.#trajectory = (saved?.trajectory ?? []).map((text) => space.parse(text));
    if (typeof saved?.ended === 'string') this.#ended = space.parse(saved.ended);
    const { selection } = options;
    const { learns } = this.#course.stage.training;
    if (selection === undefined && !learns) throw nothingChosen();
    if (learns && options.alphaFrom >= options.epochs) throw neverLearns(options);
    this.#isEachEpochs = selection?.every === 'epoch';
    this.#each = selection === undefined ? 0 : selectionSize(selection);
    this.#verdict = saved?.verdict ?? undefined;
    this.#begin = (state) => selection && this.#selectionOf(selection, { data, streams }, state);
    // That of a run which trains on, because it was extended, begins again.
    const chosen = this.#isEachEpochs || this.#isTrained ? saved?.selection : undefined;
    if (this.#isEachEpochs ? chosen : this.#ended === undefined) {
      this.#selection = this.#begin(chosen ?? undefined);
    }
  }

  get views(): BilevelViews<A> {
    const { views } = this.#course.stage;
    return Object.assign(views, { trajectory: this.#trajectory });
  }

  get progress() {
    const { done, total, epochs, stage } = this.#course;
    const each = this.#each;
    const scored = this.#selection?.done ?? 0;
    if (!this.#isEachEpochs) {
      const later = this.#selection?.total ?? 0;
      return { done: done + scored, total: total + later, unit: 'step' } as const;
    }
    const complete = each * (this.#verdict === undefined ? epochs : epochs - 1);
    return {
      done: done + complete + (this.#verdict === undefined ? 0 : scored),
      total: total + each * Math.floor(total / stage.training.pass.steps),
      unit: 'step',
    } as const;
  }

  async step(signal: AbortSignal): Promise<Report> {
    signal.throwIfAborted();
    if (this.#verdict !== undefined) return this.#selectEpochs(this.#verdict, signal);
    if (this.#isTrained) return this.#selection?.step(signal) ?? {};
    const { metrics = {}, endsEpoch, ...verdict } = this.#course.step();
    if (!endsEpoch) return { metrics };
    const { epochs: epoch } = this.#course;
    const { stage } = this.#course;
    const tables = stage.training.learns ? { tables: { alpha: stage.alpha } } : {};
    const report = { metrics: { ...metrics, epoch }, ...tables };
    if (this.#isEachEpochs) {
      this.#selection?.dispose();
      this.#selection = this.#begin();
      this.#verdict = verdict;
      return report;
    }
    if (!stage.training.learns) {
      this.#course.goOn(verdict);
      return report;
    }
    const architecture = stage.derived();
    this.#trajectory.push(architecture);
    this.#follow(verdict);
    return { ...report, proposals: [{ id: `epoch-${epoch}`, architecture }] };
  }

  get state(): State {
    const trajectory = this.#trajectory.map((a) => this.#space.format(a));
    const ended = this.#ended === undefined ? null : this.#space.format(this.#ended);
    const selection = this.#selection?.state ?? null;
    const verdict = (this.#verdict ?? null) as State;
    return { course: this.#course.state, selection, trajectory, ended, verdict };
  }

  incumbents(): readonly Evaluation<A>[] {
    const selected = this.#selection?.best;
    if (selected !== undefined && this.#ended === undefined) return [selected];
    if (!this.#course.stage.training.learns) return [];
    const architecture = this.#ended ?? this.#course.stage.derived();
    const status = this.#isTrained && this.#selection === undefined ? 'final' : 'partial';
    return [{ proposal: { id: 'derived', architecture }, metrics: {}, cost: {}, status }];
  }

  async result(): Promise<SearchResult<A>> {
    const best = this.incumbents();
    const { epochs, stage } = this.#course;
    return {
      best,
      metrics: {
        'supernet-parameters': stage.training.store.count(),
        'supernet-sites': stage.sites,
        'images-trained': epochs * stage.training.pass.samples,
        ...best[0]?.metrics,
      },
    };
  }

  dispose(): void {
    this.#selection?.dispose();
    this.#course.dispose();
  }

  /** A step of an epoch's selection; when it is complete, its best is the epoch's architecture. */
  async #selectEpochs(verdict: EpochVerdict, signal: AbortSignal): Promise<Report> {
    const selection = this.#selection as Selection<A>; // begun when the epoch ended
    const report = await selection.step(signal);
    if (selection.done < selection.total) return report;
    this.#verdict = undefined;
    const architecture = selection.best?.proposal.architecture;
    if (architecture === undefined) {
      this.#course.goOn(verdict);
      return report;
    }
    const { epochs: epoch } = this.#course;
    this.#trajectory.push(architecture);
    this.#follow(verdict);
    return { ...report, proposals: [{ id: `epoch-${epoch}`, architecture }] };
  }

  #selectionOf(
    options: NonNullable<BilevelOptions['selection']>,
    { data, streams }: Pick<BilevelParts<A>, 'data'> & Pick<SearchContext, 'streams'>,
    saved?: State,
  ): Selection<A> {
    const course = this.#course;
    const own = this.#isEachEpochs ? streams.scope(`epoch-${course.epochs}`) : streams;
    const selecting = {
      ...{ space: this.#space, options, images: data.open('valid'), streams: own },
      derive: (rows: Rows) => course.stage.derived(rows),
      probabilities: (): Rows => course.stage.views.alpha.probabilities,
      get scores() {
        return course.stage.views.scores; // of the last stage
      },
    };
    return new Selection(selecting, saved);
  }

  get #isTrained(): boolean {
    return this.#course.done === this.#course.total;
  }

  /**
   * A search that ends keeps its trajectory, and an earlier architecture is its result in place of a
   * selection's; one that goes back loses what it goes back over.
   */
  #follow(verdict: EpochVerdict): void {
    const back = this.#course.goOn(verdict);
    if (verdict.stopAt === undefined) {
      this.#trajectory.length -= back;
      return;
    }
    this.#ended = this.#trajectory.at(-1 - back);
    if (this.#isEachEpochs) return;
    this.#selection?.dispose();
    this.#selection = undefined;
  }
}
