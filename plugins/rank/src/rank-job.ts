import type { Job, Phase, Progress, Proposal, Report, State } from '@archer-nas/core';
import { type Column, phaseOf, unitsOf } from './column.ts';
import { Piece, type SavedPiece } from './piece.ts';
import { type Row, reportOf } from './report.ts';
import { type RankPlan, rowsOf, type Source, sourcesOf } from './rows.ts';

interface Saved {
  /** By column, of the first architectures. */
  readonly values: Readonly<Record<string, Float64Array>>;
  /** The next piece of the column in progress; `null`: it is not begun. */
  readonly piece: SavedPiece | null;
  /** By source, in order. */
  readonly rows: readonly (readonly Row[])[];
}

/**
 * First measures, a step of an evaluator's job at a time, then makes the table row by row; answers
 * with its last step. Its progress counts what the evaluators' jobs count.
 */
export class RankJob<A> implements Job {
  readonly #plan: RankPlan<A>;
  readonly #ids: readonly string[];
  readonly #proposals: readonly Proposal<A>[];
  readonly #sources: readonly Source[];
  /** By column: what one architecture adds to the progress. */
  readonly #units: ReadonlyMap<string, number>;
  #now: Omit<Saved, 'piece'>;
  #piece: Piece<A> | undefined;

  constructor(plan: RankPlan<A>, saved: State | undefined) {
    const { space, architectures } = plan;
    this.#plan = plan;
    this.#ids = architectures.map((a) => space.id(a));
    this.#proposals = architectures.map((architecture, i) => ({ id: `rank-${i}`, architecture }));
    this.#sources = sourcesOf(plan);
    const [first] = this.#proposals;
    this.#units = new Map(
      first ? plan.columns.map((column) => [column.name, unitsOf(column, first)]) : [],
    );
    const { piece = null, ...now } = (saved as Saved | undefined) ?? { values: {}, rows: [] };
    this.#now = now;
    const column = this.#unfinished();
    if (piece !== null && column !== undefined) {
      this.#piece = Piece.resume(column, this.#next(column), (a) => space.id(a), piece);
    }
  }

  get state(): State {
    const values = Object.entries(this.#now.values).map(([name, list]) => [name, list.slice()]);
    const piece = this.#piece?.state ?? null;
    return { ...this.#now, values: Object.fromEntries(values), piece } as unknown as State;
  }

  get progress(): Progress {
    const { columns } = this.#plan;
    const units = (name: string): number => this.#units.get(name) ?? 0;
    const measured = columns.reduce(
      (sum, { name }) => sum + units(name) * this.#values(name).length,
      0,
    );
    const total = columns.reduce((sum, { name }) => sum + units(name) * this.#ids.length, 0);
    return {
      done: measured + this.#pieceUnits() + this.#now.rows.length,
      total: total + this.#sources.length,
      unit: 'step',
    };
  }

  get phases(): readonly Phase[] {
    const { columns, space } = this.#plan;
    return columns.map((column) => phaseOf(column, this.#proposals, (a) => space.id(a)));
  }

  async step(signal: AbortSignal): Promise<Report> {
    signal.throwIfAborted();
    const unfinished = this.#unfinished();
    if (unfinished) return this.#measure(unfinished, signal);
    return this.#addRows(this.#sources[this.#now.rows.length]);
  }

  dispose(): void {
    this.#piece?.dispose();
  }

  #unfinished(): Column<A> | undefined {
    return this.#plan.columns.find(({ name }) => this.#values(name).length < this.#ids.length);
  }

  /** The proposals of the column's next piece. */
  #next({ name, perPiece }: Column<A>): readonly Proposal<A>[] {
    const from = this.#values(name).length;
    return this.#proposals.slice(from, from + perPiece);
  }

  /** What the piece in progress adds to the progress. */
  #pieceUnits(): number {
    const column = this.#unfinished();
    if (this.#piece === undefined || column === undefined) return 0;
    const units = (this.#units.get(column.name) ?? 0) * this.#next(column).length;
    return Math.floor(units * this.#piece.fraction);
  }

  #values(name: string): Float64Array {
    return this.#now.values[name] ?? new Float64Array();
  }

  /** One step of the piece in progress, or of the next one; takes in what is finished. */
  async #measure(column: Column<A>, signal: AbortSignal): Promise<Report> {
    const begun = this.#piece;
    const id = (a: A): string => this.#plan.space.id(a);
    const piece = begun ?? (await Piece.begin(column, this.#next(column), id));
    try {
      await piece.step(signal);
    } catch (error) {
      // The step never happened: neither did the beginning of its piece.
      if (begun === undefined) piece.dispose();
      throw error;
    }
    this.#piece = piece;
    if (piece.done) await this.#takeIn(column, piece);
    return {};
  }

  async #takeIn(column: Column<A>, piece: Piece<A>): Promise<void> {
    const before = this.#values(column.name);
    const fresh = await piece.finish();
    const values = new Float64Array(before.length + fresh.length);
    values.set(before);
    values.set(fresh, before.length);
    this.#now = { ...this.#now, values: { ...this.#now.values, [column.name]: values } };
    this.#piece = undefined;
    piece.dispose();
  }

  #addRows(source: Source | undefined): Report {
    if (source === undefined) return {};
    const values = (name: string): Float64Array => this.#values(name);
    const measured = { ...this.#plan, ids: this.#ids, values };
    const rows = [...this.#now.rows, rowsOf(source, measured)];
    this.#now = { ...this.#now, rows };
    if (rows.length < this.#sources.length) return {};
    const { space, architectures, bootstrap, notes } = this.#plan;
    return reportOf({
      rows: rows.flat(),
      level: bootstrap.level,
      architectures: architectures.map((a) => space.format(a)),
      scores: this.#values('scores'),
      truth: this.#values('truth'),
      notes,
    });
  }
}
