import type {
  AnySplit,
  Evaluation,
  EvaluationJob,
  Evaluator,
  MetricSpec,
  Proposal,
  Report,
  SearchSpace,
  State,
  Streams,
} from '@archer-nas/core';
import type { Rows } from '@archer-nas/nn';
import type { BilevelOptions } from './options.ts';

/** What a selection chooses from, and by what. */
export interface SelectionParts<A> {
  /** The architecture that rows stand for: of each decision the options that weigh most. */
  readonly derive: (rows: Rows) => A;
  /** Its notation, and back. */
  readonly space: Pick<SearchSpace<A>, 'format' | 'parse'>;
  readonly options: NonNullable<BilevelOptions['selection']>;
  /** Scores with inherited weights. */
  readonly scores: Evaluator<A>;
  readonly images: AnySplit;
  /** Those at the end of the training. */
  readonly probabilities: () => Rows;
  readonly streams: Streams;
}

/** Architectures that a selection scores; finalists count twice. */
export function selectionSize({
  architectures,
  finalists,
}: Pick<SelectionParts<unknown>['options'], 'architectures' | 'finalists'>): number {
  return architectures + Math.min(finalists, architectures);
}

interface SavedSelection {
  /** Those that were drawn, in the space's notation. */
  readonly architectures: readonly string[] | null;
  readonly drawn: State | null;
  readonly finals: State | null;
}

/**
 * Draws architectures by their probabilities, scores each on a few batches with the inherited
 * weights, the best of them again on all images where that is asked for, and keeps the best.
 */
export class Selection<A> {
  readonly #parts: SelectionParts<A>;
  readonly #metric: MetricSpec;
  /** Begun again from their own state, not drawn by the probabilities of now. */
  #architectures: readonly A[] | undefined;
  #drawn: EvaluationJob<A> | undefined;
  #finals: EvaluationJob<A> | undefined;

  constructor(parts: SelectionParts<A>, state?: State) {
    const saved = (state ?? undefined) as unknown as SavedSelection | undefined;
    this.#parts = parts;
    this.#metric = parts.scores.metrics[0] as MetricSpec; // an evaluator measures something
    this.#architectures = saved?.architectures?.map((text) => parts.space.parse(text));
    if (saved?.drawn) this.#drawn = this.#begin('drawn', saved.drawn);
    if (saved?.finals) this.#finals = this.#begin('finals', saved.finals);
  }

  /** Architectures that will have been scored: no finalist is one whose score is no number. */
  get total(): number {
    const { architectures } = this.#parts.options;
    const drawn = this.#drawn?.evaluations() ?? [];
    if (drawn.length < architectures) return selectionSize(this.#parts.options);
    return architectures + Math.min(this.#parts.options.finalists, this.#ranked(drawn).length);
  }

  /** Architectures scored so far; a finalist counts twice. */
  get done(): number {
    return this.#evaluated.length;
  }

  /** The best so far, among the finalists as soon as one is scored; the first of equals. */
  get best(): Evaluation<A> | undefined {
    const finals = this.#finals?.evaluations() ?? [];
    return this.#ranked(finals.length > 0 ? finals : (this.#drawn?.evaluations() ?? []))[0];
  }

  async step(signal: AbortSignal): Promise<Report> {
    const job = this.#job();
    const { evaluations = [] } = (await job.step(signal)) as { evaluations?: Evaluation<A>[] };
    const { name } = this.#metric;
    const best = this.best?.metrics[name];
    return { metrics: best === undefined ? {} : { [`best-${name}`]: best }, evaluations };
  }

  get state(): State {
    const { space } = this.#parts;
    const drawn = stateOf(this.#drawn);
    const texts = (this.#architectures ?? []).map((a) => space.format(a));
    const architectures = drawn === null ? null : texts;
    const saved: SavedSelection = { architectures, drawn, finals: stateOf(this.#finals) };
    return saved as unknown as State;
  }

  dispose(): void {
    this.#drawn?.dispose?.();
    this.#finals?.dispose?.();
  }

  get #evaluated(): readonly Evaluation<A>[] {
    return [this.#drawn, this.#finals].flatMap((job) => job?.evaluations() ?? []);
  }

  #job(): EvaluationJob<A> {
    this.#drawn ??= this.#begin('drawn');
    if (this.#drawn.evaluations().length < this.#parts.options.architectures) return this.#drawn;
    this.#finals ??= this.#begin('finals');
    return this.#finals;
  }

  #begin(which: 'drawn' | 'finals', saved?: State): EvaluationJob<A> {
    const { scores, images, options, streams } = this.#parts;
    const isFirst = which === 'drawn';
    const batches = isFirst ? options.batches : ('all' as const);
    const proposals = isFirst ? this.#proposed() : this.#best(options.finalists);
    return scores.start(proposals, { images, batches, streams: streams.scope(which) }, saved);
  }

  #proposed(): readonly Proposal<A>[] {
    this.#architectures ??= this.#draw();
    return this.#architectures.map((architecture, at) => ({ id: `selection-${at}`, architecture }));
  }

  /**
   * Options without replacement, each with its probability, for as many as a decision keeps: those
   * with the greatest u^(1/p), u uniform (Efraimidis and Spirakis, 2006). As 1/(1 − ln u / p), which
   * grows with it and does not underflow. That of a decision's greatest is uniform, so that a space
   * which keeps some of the decisions may keep any.
   */
  #draw(): readonly A[] {
    const { derive, probabilities, options, streams } = this.#parts;
    const rows = probabilities();
    return Array.from({ length: options.architectures }, (_, at) => {
      const stream = streams.stream('selection', at);
      const key = (p: number) => (p > 0 ? 1 / (1 - Math.log(stream.float()) / p) : 0);
      return derive(rows.map((row) => row.map(key)));
    });
  }

  #best(count: number): readonly Proposal<A>[] {
    const ranked = this.#ranked(this.#drawn?.evaluations() ?? []).slice(0, count);
    return ranked.map(({ proposal: { id, architecture } }) => ({
      id: `final-${id}`,
      architecture,
    }));
  }

  #ranked(evaluations: readonly Evaluation<A>[]): readonly Evaluation<A>[] {
    const { name, direction } = this.#metric;
    const sign = direction === 'maximise' ? -1 : 1;
    const value = ({ metrics }: Evaluation<A>): number => metrics[name] ?? Number.NaN;
    const known = evaluations.filter((one) => !Number.isNaN(value(one)));
    return [...known].sort((a, b) => sign * (value(a) - value(b)));
  }
}

/** A job whose first step was abandoned has none. */
function stateOf(job: EvaluationJob<unknown> | undefined): State {
  return job !== undefined && job.progress.done > 0 ? job.state : null;
}
