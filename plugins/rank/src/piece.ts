import type { EvaluationJob, Proposal, State } from '@archer-nas/core';
import { type Column, keysOf, lookUp } from './column.ts';

/** A piece in the middle: what was known before, and the state of what measures the rest. */
export interface SavedPiece {
  /** By proposal; NaN where it has to be measured. */
  readonly known: Float64Array;
  /** Positions of the proposals that are measured. */
  readonly unknown: Int32Array;
  readonly job: State;
}

/**
 * Some architectures of a column, measured step by step. What another run has measured with the
 * same streams is taken from the cache; it is the same number. Its life: `begin` or `resume`,
 * `step` until `done`, `finish`.
 */
export class Piece<A> {
  readonly #column: Column<A>;
  readonly #keys: readonly (string | undefined)[];
  readonly #known: Float64Array;
  readonly #unknown: Int32Array;
  readonly #job: EvaluationJob<A>;

  private constructor(
    column: Column<A>,
    proposals: readonly Proposal<A>[],
    keys: readonly (string | undefined)[],
    { known, unknown, job }: Pick<SavedPiece, 'known' | 'unknown'> & { readonly job?: State },
  ) {
    this.#column = column;
    this.#keys = keys;
    this.#known = known;
    this.#unknown = unknown;
    const rest = [...unknown].map((at) => proposals[at] as Proposal<A>); // positions of these
    this.#job = column.evaluator.start(rest, column.context, job);
  }

  /** Looks up what is known of the proposals, and prepares to measure the rest. */
  static async begin<A>(
    column: Column<A>,
    proposals: readonly Proposal<A>[],
    id: (a: A) => string,
  ): Promise<Piece<A>> {
    const found = await lookUp(column, proposals, id);
    return new Piece(column, proposals, keysOf(column, proposals, id), found);
  }

  /** Goes on where the piece of the same proposals was saved. */
  static resume<A>(
    column: Column<A>,
    proposals: readonly Proposal<A>[],
    id: (a: A) => string,
    saved: SavedPiece,
  ): Piece<A> {
    return new Piece(column, proposals, keysOf(column, proposals, id), saved);
  }

  get state(): SavedPiece {
    return { known: this.#known.slice(), unknown: this.#unknown.slice(), job: this.#job.state };
  }

  get done(): boolean {
    return this.#unknown.length === 0 || this.fraction >= 1;
  }

  /** How much of the measuring is done, from 0 to 1. */
  get fraction(): number {
    const { done, total } = this.#job.progress;
    return total === 0 ? 1 : done / total;
  }

  async step(signal: AbortSignal): Promise<void> {
    if (!this.done) await this.#job.step(signal);
  }

  /** Values on the evaluator's first metric, NaN for failures; new ones go into the cache. */
  async finish(): Promise<Float64Array> {
    const { evaluator, cache } = this.#column;
    const metric = evaluator.metrics[0]?.name ?? '';
    const values = this.#known.slice();
    const evaluations = this.#unknown.length === 0 ? [] : this.#job.evaluations();
    for (const [i, { status, metrics }] of evaluations.entries()) {
      const at = this.#unknown[i] as number; // one evaluation per unknown proposal
      const value = status === 'final' ? (metrics[metric] ?? Number.NaN) : Number.NaN;
      values[at] = value;
      const key = this.#keys[at];
      if (key !== undefined && !Number.isNaN(value)) await cache?.put(key, value);
    }
    return values;
  }

  dispose(): void {
    this.#job.dispose?.();
  }
}
