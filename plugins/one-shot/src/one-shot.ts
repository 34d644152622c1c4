import {
  ArcherError,
  type DataSet,
  type Evaluation,
  EXIT,
  type Job,
  type OrderRecipe,
  type Phase,
  type Report,
  type SamplerRecipe,
  type Search,
  type SearchContext,
  type SearchResult,
  type State,
  type Strategy,
  type Stream,
} from '@archer-nas/core';
import type { Network, NetworkSpace, PathRecipe } from '@archer-nas/nn';
import type { OneShotOptions } from './options.ts';
import { SearchPhase } from './search-phase.ts';
import { Training } from './training.ts';
import { type OneShotViews, oneShotViews } from './views.ts';

/** Share of the epochs before the first stage of a search that has stages. */
const WARM_UP = 0.4;

/** What the strategy is made of. */
export interface OneShotParts<A> {
  readonly space: NetworkSpace<A>;
  readonly data: DataSet;
  readonly paths: PathRecipe;
  readonly order: OrderRecipe;
  /** Searches the trained supernet; without it the supernet itself is the result. */
  readonly search?: SamplerRecipe | undefined;
}

/**
 * One-shot search: train a supernet path by path, then search it with inherited weights; a search
 * with stages alternates with the training.
 * @throws ArcherError `ARCHER_SPLIT_MISSING` when there is something to search and no split
 * `valid` to score it on
 */
export function oneShot<A>(options: OneShotOptions, parts: OneShotParts<A>): Strategy<A> {
  const { data } = parts;
  if (parts.search && !data.splits.includes('valid')) {
    throw new ArcherError(
      'ARCHER_SPLIT_MISSING',
      `The search phase scores architectures on 'valid' images; ${data.name} has ${data.splits.join(', ')}.`,
      { hint: 'Hold images out (split: halves) or remove the search.' },
    );
  }
  return { begin: async (context, saved) => new OneShotSearch(options, parts, context, saved) };
}

interface SavedOneShot {
  readonly training: State;
  readonly search: State | null;
}

class OneShotSearch<A> implements Search<A> {
  readonly views: OneShotViews<A> & { dispose(): void };
  readonly #network: Network;
  readonly #options: OneShotOptions;
  readonly #training: Training;
  readonly #search: SearchPhase<A> | undefined;

  constructor(
    options: OneShotOptions,
    { space, data, paths, order, search }: OneShotParts<A>,
    { streams }: SearchContext,
    state?: State,
  ) {
    const saved = state as unknown as SavedOneShot | undefined;
    const network = space.supernet({ classes: data.classes, image: data.image });
    this.#network = network;
    this.#options = options;
    const around = { remaining: (stream: Stream) => space.path(this.#remaining(stream), network) };
    this.#training = new Training(
      { network, data, paths, order, options, streams, ...(search && { around }) },
      saved?.training,
    );
    this.views = oneShotViews({
      space,
      data,
      network,
      store: this.#training.store,
      paths: this.#training.paths,
      order: this.#training.order,
      options: options.evaluation,
      streams,
    });
    if (search) {
      const { scores } = this.views;
      const { searchBatches: batches, searchEvaluations: limit } = options.evaluation;
      const images = data.open('valid');
      this.#search = new SearchPhase(
        { space, sampler: search, scores, images, batches, limit, streams },
        saved?.search ?? undefined,
      );
    }
  }

  get progress() {
    const { done, total } = this.#training;
    const search = this.#search;
    return {
      done: done + (search?.done ?? 0),
      total: total + (search?.total ?? 0),
      unit: 'step',
    } as const;
  }

  get phases(): readonly Phase[] {
    const training = this.#training;
    const job: Job = {
      state: null,
      get progress() {
        return { done: training.done, total: training.total, unit: 'step' } as const;
      },
      step: async () => training.step(),
    };
    return [
      { name: 'training', sample: async () => ({ job, times: 1 }) },
      ...(this.#search ? [this.#search.phase] : []),
    ];
  }

  async step(signal: AbortSignal): Promise<Report> {
    signal.throwIfAborted();
    const search = this.#search;
    if (search && !search.over && this.#training.epochs >= this.#dueAfter(search)) {
      return search.step(signal);
    }
    return this.#training.done < this.#training.total ? this.#training.step() : {};
  }

  get state(): State {
    return { training: this.#training.state, search: this.#search?.state ?? null };
  }

  incumbents(): readonly Evaluation<A>[] {
    const best = this.#search?.best;
    return best ? [best] : [];
  }

  async result(): Promise<SearchResult<A>> {
    const best = this.incumbents();
    return {
      best,
      metrics: {
        'supernet-parameters': this.#training.store.count(),
        'supernet-sites': this.#network.sites.length,
        'images-trained': this.#training.images,
        ...best[0]?.metrics,
      },
      ...(this.#search
        ? {}
        : { notes: ['No search followed the training: there is no best yet.'] }),
    };
  }

  /**
   * The epochs after which the search goes on: all of them, or those before its next stage. Stages
   * follow the warm-up at equal distances, the last of which is left for the final choice.
   */
  #dueAfter({ stages }: SearchPhase<A>): number {
    const { epochs, warmUp = WARM_UP } = this.#options;
    if (!stages) return epochs;
    const first = Math.round(warmUp * epochs);
    return first + Math.floor(((epochs - first) * stages.done) / stages.total);
  }

  #remaining(stream: Stream): A {
    const stages = this.#search?.stages;
    if (stages) return stages.draw(stream);
    throw new ArcherError(
      'ARCHER_NO_STAGES',
      'The path sampler draws from what a search has left of the space, but this one narrows none.',
      { hint: 'Use a sampler with stages, such as pc-nas, or other paths.', exit: EXIT.manifest },
    );
  }

  dispose(): void {
    this.views.dispose();
    this.#training.dispose();
  }
}
