import type {
  AnySplit,
  Evaluation,
  EvaluationJob,
  Evaluator,
  MetricSpec,
  Proposal,
  Report,
  State,
  Streams,
} from '@archer-nas/core';
import type { Rows } from '@archer-nas/nn';
import type { BilevelOptions } from './options.ts';

/** What a selection chooses from, and by what. */
export interface SelectionParts<A> {
  /** The architecture that rows stand for. */
  readonly derive: (rows: Rows) => A;
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
  readonly drawn: State | null;
  readonly finals: State | null;
}

/**
 * Draws architectures by their probabilities, scores each on a few batches with the inherited
 * weights, the best of them again on all images where that is asked for, and keeps the best.
 */
export class Selection<A> {
  /** Architectures that will have been scored. */
  readonly total: number;
  readonly #parts: SelectionParts<A>;
  readonly #metric: MetricSpec;
  readonly #finalists: number;
  readonly #saved: SavedSelection | undefined;
  #drawn: EvaluationJob<A> | undefined;
  #finals: EvaluationJob<A> | undefined;

  constructor(parts: SelectionParts<A>, state?: State) {
    const { architectures, finalists } = parts.options;
    this.#parts = parts;
    this.#metric = parts.scores.metrics[0] as MetricSpec; // an evaluator measures something
    this.#finalists = Math.min(finalists, architectures);
    this.total = selectionSize(parts.options);
    this.#saved = (state as unknown as SavedSelection | undefined) ?? undefined;
    if (this.#saved?.drawn) this.#drawn = this.#begin('drawn', this.#saved.drawn);
    if (this.#saved?.finals) this.#finals = this.#begin('finals', this.#saved.finals);
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
    const saved: SavedSelection = { drawn: stateOf(this.#drawn), finals: stateOf(this.#finals) };
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

  #begin(which: keyof SavedSelection, saved?: State): EvaluationJob<A> {
    const { scores, images, options, streams } = this.#parts;
    const isFirst = which === 'drawn';
    const batches = isFirst ? options.batches : ('all' as const);
    const proposals = isFirst ? this.#draw() : this.#best(this.#finalists);
    return scores.start(proposals, { images, batches, streams: streams.scope(which) }, saved);
  }

  /**
   * One option of every decision, each with its probability. How heavy it is, is random, so that a
   * space which keeps some of the decisions may keep any.
   */
  #draw(): readonly Proposal<A>[] {
    const { derive, probabilities, options, streams } = this.#parts;
    const rows = probabilities();
    return Array.from({ length: options.architectures }, (_, at) => {
      const stream = streams.stream('selection', at);
      const one = rows.map((row) => {
        const option = stream.weighted(row);
        return row.map((_, other) => (other === option ? 1 - stream.float() / 2 : 0));
      });
      return { id: `selection-${at}`, architecture: derive(one) };
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
