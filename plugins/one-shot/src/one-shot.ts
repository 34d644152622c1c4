import {
  ArcherError,
  type Evaluation,
  EXIT,
  type Job,
  type Phase,
  type Report,
  type Search,
  type SearchContext,
  type SearchResult,
  type State,
  type Strategy,
  type Stream,
  type Streams,
  stageStart,
} from '@archer-nas/core';
import type { Model, Network, Path } from '@archer-nas/nn';
import { ArchitecturePaths } from './architecture-paths.ts';
import { checkNoStages, checkParts, type OneShotParts, splitParts } from './one-shot-parts.ts';
import type { OneShotTraining } from './one-shot-training.ts';
import type { OneShotOptions } from './options.ts';
import { rewardMetric } from './reward-batches.ts';
import { SearchPhase } from './search-phase.ts';
import { SplitTraining } from './split-training.ts';
import { supernetOf } from './supernet.ts';
import { Training } from './training.ts';
import { type OneShotViews, oneShotViews } from './views.ts';

/** Share of the epochs before the first stage of a search that has stages. */
const WARM_UP = 0.4;

/**
 * One-shot search: train a supernet path by path, then search it with inherited weights; a search
 * with stages alternates with the training.
 * @throws ArcherError for parts that do not go together, see {@link checkParts}
 */
export function oneShot<A>(options: OneShotOptions, parts: OneShotParts<A>): Strategy<A> {
  checkParts(options, parts);
  return {
    // A split supernet has weights of several.
    takesWeights: parts.split === undefined,
    begin: async (context, saved) => new OneShotSearch(options, parts, context, saved),
  };
}

interface SavedOneShot {
  readonly training: State;
  readonly search: State | null;
}

class OneShotSearch<A> implements Search<A> {
  readonly views: OneShotViews<A> & { dispose(): void };
  readonly #parts: OneShotParts<A>;
  readonly #options: OneShotOptions;
  readonly #streams: Streams;
  readonly #network: Model | Network;
  readonly #training: OneShotTraining;
  /** Of a selection not before the training has ended: it draws from what was learnt. */
  #search: SearchPhase<A> | undefined;
  readonly #drawn: ArchitecturePaths<A> | undefined;

  constructor(
    options: OneShotOptions,
    parts: OneShotParts<A>,
    { streams, weights }: SearchContext,
    state?: State,
  ) {
    const { space, data, order } = parts;
    const saved = state as unknown as SavedOneShot | undefined;
    const network = supernetOf(parts, options);
    // Of the kind that the space itself has made.
    const pathOf = (a: A): Path => space.path(a, network as Network & Model);
    this.#parts = parts;
    this.#options = options;
    this.#streams = streams;
    this.#network = network;
    const { together = 1 } = options;
    const paths =
      'norms' in parts.paths
        ? parts.paths
        : new ArchitecturePaths({
            ...{ space, path: pathOf, sampler: parts.paths, together },
            metric: rewardMetric(data),
          });
    const { gradient, split, search } = parts;
    const inherited = weights === undefined ? {} : { inherited: { parameters: weights } };
    const ofTraining = { network, data, paths, gradient, order, options, streams, ...inherited };
    const around = { remaining: (stream: Stream) => pathOf(this.#remaining(stream)) };
    const training = split
      ? new SplitTraining(splitParts(ofTraining, split), saved?.training)
      : new Training({ ...ofTraining, ...(search && { around }) }, saved?.training);
    this.#training = training;
    this.#drawn = paths instanceof ArchitecturePaths ? paths : undefined;
    this.views = oneShotViews({
      space,
      data,
      network,
      training,
      candidates: {
        evaluations: () => this.#search?.ranked ?? [],
        judged: () => training.rewarded + (this.#search?.done ?? 0),
      },
      options: options.evaluation,
      streams,
    });
    if (parts.search || saved?.search) this.#beginSearch(saved?.search ?? undefined);
    if (this.#search?.done && this.#training.done < this.#training.total) this.#searchAnew();
  }

  /**
   * A saved search of weights that are trained on now, because the run was extended, begins again
   * after the last epoch. One with stages shaped the training that is over.
   * @throws ArcherError `ARCHER_EXTEND`
   */
  #searchAnew(): void {
    const { stages, over } = this.#search ?? {};
    if (!stages) {
      this.#search = undefined;
      if (this.#parts.search) this.#beginSearch();
    } else if (over && stages.done === stages.total) {
      throw new ArcherError(
        'ARCHER_EXTEND',
        'A search that narrows the space in stages has ended: more epochs would need other stages.',
        { hint: 'Run it anew with the larger budget.', exit: EXIT.usage },
      );
    }
  }

  get progress() {
    const { done, total } = this.#training;
    const search = this.#search;
    const later = search?.total ?? this.#options.selection?.architectures ?? 0;
    return { done: done + (search?.done ?? 0), total: total + later, unit: 'step' } as const;
  }

  get phases(): readonly Phase[] {
    const training = this.#training;
    const { rewards, rounds } = training;
    let round = 0;
    const phase = (name: string, job: Job): Phase => ({
      name,
      sample: async () => ({ job, times: 1 }),
    });
    const trained = phase('training', {
      state: null,
      get progress() {
        return { done: training.done, total: training.total - rounds, unit: 'step' } as const;
      },
      step: async () => training.step(),
    });
    const rewarded = phase('rewards', {
      state: null,
      get progress() {
        return { done: round, total: rounds, unit: 'step' } as const;
      },
      step: async () => ({ metrics: rewards?.round(round++) ?? {} }),
    });
    return [trained, ...(rewards ? [rewarded] : []), ...(this.#search ? [this.#search.phase] : [])];
  }

  async step(signal: AbortSignal): Promise<Report> {
    signal.throwIfAborted();
    const [training, search] = [this.#training, this.#search];
    if (search && !search.over && this.#isDue(search)) return search.step(signal);
    if (training.done === training.total) return {};
    const report = training.step();
    if (training.done === training.total && this.#options.selection) this.#beginSearch();
    return report;
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
        'supernet-parameters': this.#training.parameters,
        'supernet-sites': this.#network.sites.length,
        'images-trained': this.#training.images,
        ...this.#training.metrics,
        ...best[0]?.metrics,
      },
      ...(this.#search
        ? {}
        : { notes: ['No search followed the training: there is no best yet.'] }),
    };
  }

  /** Whether the search goes on now: after the training, or before its next stage. */
  #isDue({ stages }: SearchPhase<A>): boolean {
    const { done, total } = this.#training;
    if (!stages || done === total) return done === total;
    const { epochs, warmUp = WARM_UP } = this.#options;
    const due = stageStart(stages.done, { epochs, stages: stages.total, warmUp });
    return Math.floor((done * epochs) / total) >= due;
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

  #beginSearch(saved?: State): void {
    const { space, data, search } = this.#parts;
    const { evaluation, selection } = this.#options;
    const { searchBatches: batches, searchEvaluations } = evaluation;
    const sampler = search ?? this.#drawn?.asItIs();
    const limit = search ? searchEvaluations : selection?.architectures;
    if (sampler === undefined) return;
    const { scores } = this.views;
    const images = data.open('valid');
    const streams = this.#streams;
    const keep = search === undefined;
    const parts = { space, sampler, scores, images, batches, limit, keep, streams };
    this.#search = new SearchPhase(parts, saved);
    checkNoStages(this.#search.stages, this.#parts);
  }

  dispose(): void {
    this.views.dispose();
    this.#training.dispose();
  }
}
