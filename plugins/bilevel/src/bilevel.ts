import {
  ArcherError,
  type DataSet,
  type Evaluation,
  EXIT,
  type Report,
  type Search,
  type SearchContext,
  type SearchResult,
  type State,
  type Strategy,
} from '@archer-nas/core';
import type {
  MixtureSpace,
  Modifier,
  RelaxationRecipe,
  RelaxedView,
  Rows,
  SupernetViews,
} from '@archer-nas/nn';
import { imageLesson } from './lesson.ts';
import type { BilevelOptions } from './options.ts';
import { Selection } from './selection.ts';
import { BilevelTraining } from './training.ts';

/** What the strategy is made of. */
export interface BilevelParts<A> {
  readonly space: MixtureSpace<A>;
  readonly data: DataSet;
  readonly relaxation: RelaxationRecipe;
  readonly modifiers: readonly Modifier[];
}

/** What a bilevel search shows to studies and exports. */
export interface BilevelViews<A> extends SupernetViews<A> {
  /** The probabilities of the options now. */
  readonly alpha: { readonly probabilities: Rows };
  /** α and the loss around it. */
  readonly relaxed: RelaxedView;
  /** The architecture that was derived at the end of each epoch so far. */
  readonly trajectory: readonly A[];
}

/**
 * A search that trains a mixture of all operations and derives an architecture from it, or
 * selects the best of some that it draws.
 * @throws ArcherError `ARCHER_SPLIT_MISSING` when there are no images that the weights do not see
 * and something needs them
 */
export function bilevel<A>(options: BilevelOptions, parts: BilevelParts<A>): Strategy<A> {
  const { data, relaxation } = parts;
  const needsValid = !relaxation.trainOnly || options.selection !== undefined;
  if (needsValid && !data.splits.includes('valid')) {
    throw new ArcherError(
      'ARCHER_SPLIT_MISSING',
      `A bilevel search learns the architecture on 'valid' images; ${data.name} has ${data.splits.join(', ')}.`,
      { hint: 'Hold images out: data: { split: halves }.' },
    );
  }
  return { begin: async (context, saved) => new BilevelSearch(options, parts, context, saved) };
}

interface SavedBilevel {
  readonly training: State;
  readonly selection: State;
  /** Derived architectures in the space's notation, one per complete epoch. */
  readonly trajectory: readonly string[];
}

class BilevelSearch<A> implements Search<A> {
  readonly views: BilevelViews<A> & { dispose(): void };
  readonly #space: MixtureSpace<A>;
  readonly #sites: number;
  readonly #training: BilevelTraining;
  readonly #selection: Selection<A> | undefined;
  readonly #trajectory: A[];

  constructor(
    options: BilevelOptions,
    { space, data, relaxation, modifiers }: BilevelParts<A>,
    { streams }: SearchContext,
    state?: State,
  ) {
    const saved = state as unknown as SavedBilevel | undefined;
    const { evaluation } = options;
    const lesson = imageLesson({ space, data, modifiers, evaluation, streams });
    this.#space = space;
    this.#sites = lesson.network.sites.length;
    this.#training = new BilevelTraining(
      { ...lesson, relaxation, modifiers, options, streams },
      saved?.training,
    );
    this.#trajectory = (saved?.trajectory ?? []).map((text) => space.parse(text));
    const { store, relaxation: alpha, relaxed } = this.#training;
    const trajectory = this.#trajectory;
    this.views = Object.assign(lesson.views(store), { alpha, relaxed, trajectory });
    if (options.selection !== undefined) {
      const { scores } = this.views;
      const images = data.open('valid');
      const probabilities = (): Rows => alpha.probabilities;
      this.#selection = new Selection(
        { space, options: options.selection, scores, images, probabilities, streams },
        saved?.selection,
      );
    } else if (!this.#training.learns) throw nothingChosen();
  }

  get progress() {
    const { done, total } = this.#training;
    const { done: scored, total: toScore } = this.#selection ?? { done: 0, total: 0 };
    return { done: done + scored, total: total + toScore, unit: 'step' } as const;
  }

  async step(signal: AbortSignal): Promise<Report> {
    signal.throwIfAborted();
    if (this.#isTrained) return this.#selection?.step(signal) ?? {};
    const { metrics = {} } = this.#training.step();
    if (!this.#training.isBetweenEpochs) return { metrics };
    const { epoch } = this.#training;
    if (!this.#training.learns) return { metrics: { ...metrics, epoch } };
    const architecture = this.#derived();
    this.#trajectory.push(architecture);
    return { metrics: { ...metrics, epoch }, proposals: [{ id: `epoch-${epoch}`, architecture }] };
  }

  get state(): State {
    const trajectory = this.#trajectory.map((a) => this.#space.format(a));
    const selection = this.#selection?.state ?? null;
    return { training: this.#training.state, selection, trajectory };
  }

  incumbents(): readonly Evaluation<A>[] {
    const selected = this.#selection?.best;
    if (selected !== undefined) return [selected];
    if (!this.#training.learns) return [];
    const proposal = { id: 'derived', architecture: this.#derived() };
    const status = this.#isTrained && this.#selection === undefined ? 'final' : 'partial';
    return [{ proposal, metrics: {}, cost: {}, status }];
  }

  async result(): Promise<SearchResult<A>> {
    const best = this.incumbents();
    return {
      best,
      metrics: {
        'supernet-parameters': this.#training.store.count(),
        'supernet-sites': this.#sites,
        'images-trained': this.#training.images,
        ...best[0]?.metrics,
      },
    };
  }

  dispose(): void {
    this.#selection?.dispose();
    this.views.dispose();
    this.#training.dispose();
  }

  get #isTrained(): boolean {
    return this.#training.done === this.#training.total;
  }

  #derived(): A {
    return this.#space.derive(this.#training.scores);
  }
}

function nothingChosen(): ArcherError {
  return new ArcherError(
    'ARCHER_NOTHING_CHOSEN',
    'This relaxation learns no architecture, and there is no selection that chooses one.',
    { hint: 'Add selection: { architectures: 100 } to the strategy.', exit: EXIT.manifest },
  );
}
