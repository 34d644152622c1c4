import {
  type AnySplit,
  ArcherError,
  type Evaluation,
  type Evaluator,
  type MetricSpec,
  type Phase,
  type Proposal,
  type Report,
  type Sampler,
  type SamplerRecipe,
  type SearchSpace,
  type Stages,
  type State,
  type Streams,
  singleMetric,
} from '@archer-nas/core';
import {
  restored,
  restoredEvaluation,
  type SavedEvaluation,
  type SavedProposal,
  savedEvaluation,
  savedProposal,
} from './saved-evaluation.ts';

/** What the search after the training is made of. */
export interface SearchPhaseParts<A> {
  readonly space: SearchSpace<A>;
  readonly sampler: SamplerRecipe;
  /** Scores with inherited weights. */
  readonly scores: Evaluator<A>;
  readonly images: AnySplit;
  readonly batches: 'all' | number;
  /** Most architectures to score; absent: until the sampler is done. */
  readonly limit: number | undefined;
  /** Whether all of them are remembered; else the best alone, of stages those of the last. */
  readonly keep?: boolean;
  readonly streams: Streams;
}

/** Architectures that the time of the scoring is estimated from. */
const ESTIMATED_FROM = 4;

interface SavedSearch {
  readonly sampler: State;
  readonly evaluated: number;
  readonly next: SavedProposal | null;
  /** The stage that `best` is from. */
  readonly stage?: number;
  readonly best: SavedEvaluation | null;
  /** Where all are remembered, or those of a stage. */
  readonly scored?: readonly SavedEvaluation[];
}

/**
 * Searches the trained supernet: each step scores one architecture that the sampler
 * proposes. A proposal is always asked for ahead, so that the phase knows when it has ended;
 * the first one when the search begins, so that impossible limits fail before the training.
 * Where the sampler has stages, training may go on between them: scores of different stages are
 * not compared.
 */
export class SearchPhase<A> {
  readonly #parts: SearchPhaseParts<A>;
  readonly #metric: MetricSpec;
  readonly #sampler: Sampler<A>;
  #evaluated: number;
  /** The proposal to score next; none: the search is over. */
  #next: Proposal<A> | undefined;
  #best: Evaluation<A> | undefined;
  /** Nothing unless all are remembered, or there are stages. */
  #scored: Evaluation<A>[];
  /** Stages that were complete when `best` was scored. */
  #stage: number;

  constructor(parts: SearchPhaseParts<A>, state?: State) {
    const saved = state as unknown as SavedSearch | undefined;
    const { space } = parts;
    this.#parts = parts;
    this.#metric = parts.scores.metrics[0] as MetricSpec; // an evaluator measures something
    const objective = singleMetric(this.#metric);
    this.#sampler = parts.sampler.begin({ space, metric: this.#metric, objective }, saved?.sampler);
    this.#evaluated = saved?.evaluated ?? 0;
    this.#best = saved?.best ? restoredEvaluation(space, saved.best) : undefined;
    this.#scored = (saved?.scored ?? []).map((one) => restoredEvaluation(space, one));
    this.#stage = saved?.stage ?? 0;
    const next = saved?.next ? restored(space, saved.next) : undefined;
    this.#next = saved ? next : this.#propose();
  }

  /** Architectures scored so far. */
  get done(): number {
    return this.#evaluated;
  }

  /** Architectures that will have been scored; grows with `done` where nobody knows. */
  get total(): number {
    if (!this.#next) return this.#evaluated;
    const { sampler, limit = Number.POSITIVE_INFINITY } = this.#parts;
    const planned = sampler.evaluations ?? this.stages?.evaluations;
    const known = Math.min(planned ?? limit, limit);
    return Math.max(this.#evaluated + 1, Number.isFinite(known) ? known : 0);
  }

  /** Those of the sampler, where it has any. */
  get stages(): Stages<A> | undefined {
    return this.#sampler.stages;
  }

  /** Whether all is scored. */
  get over(): boolean {
    return this.#next === undefined;
  }

  /** The best so far, of the latest stage; the first of equals. */
  get best(): Evaluation<A> | undefined {
    return this.#best;
  }

  /** Those that are remembered and not failed, the best first. */
  get ranked(): readonly Evaluation<A>[] {
    const { name, direction } = this.#metric;
    const sign = direction === 'maximise' ? 1 : -1;
    const worth = ({ metrics }: Evaluation<A>): number => sign * (metrics[name] ?? Number.NaN);
    return this.#scored
      .filter((one) => !Number.isNaN(worth(one)))
      .sort((a, b) => worth(b) - worth(a));
  }

  /** The scoring, to be timed on random architectures, each of which is scored alone. */
  get phase(): Phase {
    const { scores, space, images, batches, streams } = this.#parts;
    const stream = streams.stream('search/estimate');
    const architectures = Array.from({ length: ESTIMATED_FROM }, () => space.sample(stream));
    const proposals = architectures.map((architecture, i) => ({ id: `${i}`, architecture }));
    return {
      name: 'scoring',
      sample: async () => ({
        job: scores.start(proposals, { images, batches, streams: streams.scope('scores') }),
        times: this.total / ESTIMATED_FROM,
      }),
    };
  }

  /** Scores one architecture; a step that is abandoned leaves no trace. */
  async step(signal: AbortSignal): Promise<Report> {
    const proposal = this.#next;
    if (!proposal) return {};
    const evaluation = await this.#evaluate(proposal, signal);
    const stage = this.stages?.done ?? 0;
    if (stage !== this.#stage) [this.#best, this.#scored] = [undefined, []];
    this.#stage = stage;
    this.#sampler.observe([evaluation]);
    this.#evaluated += 1;
    if (this.#better(evaluation)) this.#best = evaluation;
    if (this.#remembers && evaluation.status === 'final') this.#scored.push(evaluation);
    const ended = this.#endOfStage(stage);
    this.#next = this.#propose();
    const { name } = this.#metric;
    const best = this.#best?.metrics[name];
    const standing = best === undefined ? {} : { [`best-${name}`]: best };
    return {
      ...ended,
      metrics: { ...evaluation.metrics, ...standing, ...ended.metrics },
      evaluations: [evaluation],
    };
  }

  get state(): State {
    const { space } = this.#parts;
    const saved: SavedSearch = {
      sampler: this.#sampler.state,
      evaluated: this.#evaluated,
      next: this.#next ? savedProposal(space, this.#next) : null,
      ...(this.stages && { stage: this.#stage }),
      best: this.#best ? savedEvaluation(space, this.#best) : null,
      ...(this.#remembers && { scored: this.#scored.map((one) => savedEvaluation(space, one)) }),
    };
    return saved as unknown as State;
  }

  get #remembers(): boolean {
    return this.#parts.keep === true || this.stages !== undefined;
  }

  /** Nothing is outstanding when this is called, so `wait` would be for ever. */
  #propose(): Proposal<A> | undefined {
    if (this.#evaluated === this.#parts.limit) return undefined;
    const stream = this.#parts.streams.stream('search', this.#evaluated);
    const proposals = this.#sampler.propose(1, stream);
    if (proposals === 'done') return undefined;
    const proposal = proposals === 'wait' ? undefined : proposals[0];
    if (proposal !== undefined) return proposal;
    throw new ArcherError(
      'ARCHER_SEARCH_STUCK',
      `The search sampler waits after ${this.#evaluated} evaluations, though none is outstanding.`,
    );
  }

  /** What the sampler tells when the evaluation was the last of stage `before`. */
  #endOfStage(before: number): Report {
    const { done = before, total = 0 } = this.stages ?? {};
    return done === before ? {} : (this.#sampler.advance?.({ done, total, unit: 'round' }) ?? {});
  }

  async #evaluate(proposal: Proposal<A>, signal: AbortSignal): Promise<Evaluation<A>> {
    const { scores, images, batches, streams } = this.#parts;
    const job = scores.start([proposal], { images, batches, streams: streams.scope('scores') });
    try {
      while (job.progress.done < job.progress.total) await job.step(signal);
      return job.evaluations()[0] as Evaluation<A>; // one proposal, one evaluation
    } finally {
      job.dispose?.();
    }
  }

  #better({ status, metrics }: Evaluation<A>): boolean {
    const { name, direction } = this.#metric;
    const value = metrics[name];
    if (status !== 'final' || value === undefined || Number.isNaN(value)) return false;
    const best = this.#best?.metrics[name];
    if (best === undefined) return true;
    return direction === 'maximise' ? value > best : value < best;
  }
}
