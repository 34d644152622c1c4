import type { Report, Table } from '@archer-nas/core';
import type { Statistics } from './statistics.ts';

/** A row of the table `rank`. */
export interface Row {
  readonly name: string;
  readonly statistics: Statistics;
}

/** Before the names of metrics; baselines have their own. */
const PREFIX: Readonly<Record<string, string>> = {
  supernet: '',
  scores: '',
  'above-chance': 'above-chance/',
  'within-groups': 'within-groups/',
};

/** Everything that was found out. */
export interface Finished {
  /** The search's own ranking first, then the baselines. */
  readonly rows: readonly Row[];
  readonly level: number;
  readonly architectures: readonly string[];
  readonly scores: Float64Array;
  readonly truth: Float64Array;
  readonly notes: readonly string[];
}

/** Metrics, the tables `rank` and `scores`, and what a reader should know. */
export function reportOf(finished: Finished): Report {
  const { rows, notes } = finished;
  const left = omitted(finished);
  return {
    metrics: Object.assign({}, ...rows.map(metricsOf)),
    tables: { rank: rankTable(finished), scores: scoreTable(finished) },
    notes: [...notes, ...left],
  };
}

/** The ranking's metrics have no prefix, those of other rows have its name. NaN is left out. */
function metricsOf({ name, statistics }: Row): Statistics {
  const prefix = PREFIX[name] ?? `baseline/${name}/`;
  const numbers = Object.entries(statistics).filter(([, value]) => !Number.isNaN(value));
  return Object.fromEntries(numbers.map(([metric, value]) => [`${prefix}${metric}`, value]));
}

function rankTable({ rows, level, notes }: Finished): Table {
  const percent = Number((100 * level).toFixed(6));
  return {
    title: 'How well scores order architectures',
    columns: ['', 'n', 'tau', `${percent} % interval`, 'spearman', 'P@top5 %', 'P@top10 %'],
    rows: rows.map(({ name, statistics }) => [
      name,
      ...cells(statistics, ['n', 'kendall-tau']),
      interval(statistics['kendall-tau-low'], statistics['kendall-tau-high']),
      ...cells(statistics, ['spearman', 'p-at-top5', 'p-at-top10']),
    ]),
    notes: [
      ...notes,
      'tau is Kendall’s tau-b; intervals are percentile bootstrap over architectures.',
      'P@top5 % and P@top10 %: share of the best by score among the best in truth; of tied ' +
        'architectures the smaller id is the better one.',
    ],
  };
}

function scoreTable({ architectures, scores, truth }: Finished): Table {
  return {
    columns: ['id', 'score', 'truth'],
    rows: architectures.map((id, i) => [id, orNull(scores[i]), orNull(truth[i])]),
  };
}

/** Says how many architectures could not be ranked. */
function omitted({ rows, architectures }: Finished): string[] {
  const ranked = rows[0]?.statistics.n ?? 0;
  const missing = architectures.length - ranked;
  if (missing === 0) return [];
  return [`${missing} of ${architectures.length} architectures have no score or no truth.`];
}

function cells(statistics: Statistics, names: readonly string[]): (number | null)[] {
  return names.map((name) => orNull(statistics[name]));
}

function interval(low: number | undefined, high: number | undefined): string | null {
  const [from, to] = [orNull(low), orNull(high)];
  return from === null || to === null ? null : `${from.toFixed(3)} to ${to.toFixed(3)}`;
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
