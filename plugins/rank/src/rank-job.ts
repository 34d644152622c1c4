import type {
  Job,
  Progress,
  Proposal,
  Report,
  SearchSpace,
  State,
  Streams,
} from '@archer-nas/core';
import { type Column, measure } from './column.ts';
import type { RankOptions } from './options.ts';
import { type Row, reportOf } from './report.ts';
import {
  moreIntervals,
  type Ranking,
  type Resampling,
  statisticsOf,
  take,
  usable,
} from './statistics.ts';

/** Everything that a ranking is made of. */
export interface RankPlan<A> {
  readonly space: SearchSpace<A>;
  readonly architectures: readonly A[];
  /** Measured one after the other. */
  readonly columns: readonly Column<A>[];
  readonly bootstrap: RankOptions['bootstrap'];
  readonly streams: Streams;
  /** For the report: what was compared with what. */
  readonly notes: readonly string[];
  /** Number of classes, where there are data: a truth in % of 100/classes is chance. */
  readonly classes?: number;
}

/** Where the scores of a row come from; the baselines after the search's own. */
type Source = 'scores' | 'random' | 'params' | 'untrained';

interface Saved {
  /** By column, of the first architectures. */
  readonly values: Readonly<Record<string, Float64Array>>;
  /** By source, in order. */
  readonly rows: readonly (readonly Row[])[];
}

/** First measures piece by piece, then makes the table row by row; answers with its last step. */
export class RankJob<A> implements Job {
  readonly #plan: RankPlan<A>;
  readonly #ids: readonly string[];
  readonly #proposals: readonly Proposal<A>[];
  readonly #sources: readonly Source[];
  #now: Saved;

  constructor(plan: RankPlan<A>, saved: State | undefined) {
    const { space, architectures } = plan;
    this.#plan = plan;
    this.#ids = architectures.map((a) => space.id(a));
    this.#proposals = architectures.map((architecture, i) => ({ id: `rank-${i}`, architecture }));
    this.#sources = sourcesOf(plan);
    this.#now = (saved as Saved | undefined) ?? { values: {}, rows: [] };
  }

  get state(): State {
    const values = Object.entries(this.#now.values).map(([name, list]) => [name, list.slice()]);
    return { ...this.#now, values: Object.fromEntries(values) } as unknown as State;
  }

  get progress(): Progress {
    const { columns } = this.#plan;
    const measured = columns.reduce((sum, { name }) => sum + this.#values(name).length, 0);
    return {
      done: measured + this.#now.rows.length,
      total: columns.length * this.#ids.length + this.#sources.length,
      unit: 'evaluation',
    };
  }

  async step(signal: AbortSignal): Promise<Report> {
    signal.throwIfAborted();
    const unfinished = this.#plan.columns.find(
      ({ name }) => this.#values(name).length < this.#ids.length,
    );
    if (unfinished) return this.#extend(unfinished, signal);
    return this.#addRows(this.#sources[this.#now.rows.length]);
  }

  #values(name: string): Float64Array {
    return this.#now.values[name] ?? new Float64Array();
  }

  async #extend(column: Column<A>, signal: AbortSignal): Promise<Report> {
    const before = this.#values(column.name);
    const piece = this.#proposals.slice(before.length, before.length + column.perStep);
    const fresh = await measure(column, piece, (a) => this.#plan.space.id(a), signal);
    const values = new Float64Array(before.length + fresh.length);
    values.set(before);
    values.set(fresh, before.length);
    this.#now = { ...this.#now, values: { ...this.#now.values, [column.name]: values } };
    return {};
  }

  #addRows(source: Source | undefined): Report {
    if (source === undefined) return {};
    const rows = [...this.#now.rows, this.#rowsOf(source)];
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

  #rowsOf(source: Source): Row[] {
    const { bootstrap, streams } = this.#plan;
    const resampling: Resampling = { ...bootstrap, stream: () => streams.stream('bootstrap') };
    const ranking = usable({
      scores: this.#scoresOf(source),
      truth: this.#ascending('truth'),
      ids: this.#ids,
    });
    const statistics = statisticsOf(ranking, resampling);
    if (source !== 'scores') return [{ name: source, statistics }];
    const row = {
      name: this.#sources.includes('untrained') ? 'supernet' : source,
      statistics: { ...statistics, ...moreIntervals(ranking, resampling) },
    };
    const able = this.#aboveChance(ranking);
    return able
      ? [row, { name: 'above-chance', statistics: statisticsOf(able, resampling) }]
      : [row];
  }

  /** The ranking without the architectures that are at chance, if there are any. */
  #aboveChance(ranking: Ranking): Ranking | undefined {
    const { classes, columns } = this.#plan;
    const metric = columns.find(({ name }) => name === 'truth')?.evaluator.metrics[0];
    if (classes === undefined || metric?.unit !== '%' || metric.direction !== 'maximise') {
      return undefined;
    }
    const able = ranking.ids.flatMap((_, i) =>
      (ranking.truth[i] as number) > 100 / classes ? [i] : [],
    );
    return able.length < ranking.ids.length ? take(ranking, able) : undefined;
  }

  #scoresOf(source: Source): Float64Array {
    const { space, architectures, streams } = this.#plan;
    if (source === 'random') {
      return Float64Array.from(this.#ids, (id) => streams.scope('random').stream(id).float());
    }
    if (source === 'params') {
      return Float64Array.from(architectures, (a) => space.costs?.of(a).params ?? Number.NaN);
    }
    return this.#ascending(source);
  }

  /** A column in which larger is better, whatever its metric. */
  #ascending(name: string): Float64Array {
    const column = this.#plan.columns.find((candidate) => candidate.name === name);
    const sign = column?.evaluator.metrics[0]?.direction === 'minimise' ? -1 : 1;
    return this.#values(name).map((value) => sign * value);
  }
}

function sourcesOf<A>({ space, columns }: RankPlan<A>): readonly Source[] {
  const params = space.costs?.names.includes('params') ?? false;
  const untrained = columns.some(({ name }) => name === 'untrained');
  return [
    'scores',
    'random',
    ...(params ? ['params' as const] : []),
    ...(untrained ? ['untrained' as const] : []),
  ];
}
