import type { Summary, Table } from '@archer-nas/core';
import { difference, interval, number, spread } from './number-text.ts';
import type { MetricBySeed, SeedComparison } from './seed-comparison.ts';
import type { StudySeries } from './study-series.ts';

/** The tables of a comparison, by the names that files of them have. */
export function seedComparisonTables(comparison: SeedComparison): ReadonlyMap<string, Table> {
  const { names, metrics, series } = comparison;
  return new Map([
    ...metrics.map((one): [string, Table] => [`seeds-${one.metric}`, seedsTable(one, names)]),
    ['paired', pairedTable(metrics)],
    ...series.map((one): [string, Table] => [`course-${one.metric}`, courseTable(one, names)]),
  ]);
}

/** A row per seed, and below them mean, spread and interval. */
function seedsTable({ metric, rows, summaries }: MetricBySeed, names: readonly string[]): Table {
  const row = (name: string, cell: (summary: Summary) => string | number | null) => [
    name,
    ...summaries.map((summary) => (summary.n === 0 ? null : cell(summary))),
  ];
  return {
    title: metric,
    columns: ['seed', ...names],
    rows: [
      ...[...rows].map(([seed, values]) => [seed, ...values.map((value) => value ?? null)]),
      row('mean ± std', ({ mean, std }) => spread(mean, std)),
      row('95 % interval', ({ low, high }) => interval(low, high)),
    ],
    notes: ['Interval: Student’s t over seeds. Of a study asked several times, its last answer.'],
  };
}

function pairedTable(metrics: readonly MetricBySeed[]): Table {
  return {
    title: 'paired differences',
    columns: ['metric', 'difference', 'pairs', 'mean ± std', '95 % t', '95 % bootstrap', 'p'],
    rows: metrics.flatMap(({ metric, pairs }) =>
      pairs.map(({ first, second, difference: { n, mean, std, low, high }, bootstrap, p }) => [
        metric,
        `${second} - ${first}`,
        n,
        Number.isNaN(std) ? difference(mean) : `${difference(mean)} ± ${number(std)}`,
        interval(low, high),
        n < 2 ? null : interval(bootstrap.low, bootstrap.high),
        n < 2 ? null : p,
      ]),
    ),
    notes: [
      'Over seeds that both have. p: Wilcoxon’s signed-rank test, two-sided, exact; with n pairs ' +
        'it is at least 2 to the power 1 - n.',
    ],
  };
}

/** A row per measurement: means over seeds, with intervals where there are several seeds. */
function courseTable({ metric, unit, points }: StudySeries, names: readonly string[]): Table {
  const cell = ({ n, mean, low, high }: Summary): string | null => {
    if (n === 0) return null;
    return Number.isNaN(low) ? number(mean) : `${number(mean)} ${interval(low, high)}`;
  };
  const seeds = points.flatMap(({ summaries }) => summaries.map(({ n }) => n));
  return {
    title: `${metric} over the search`,
    columns: [unit, ...names],
    rows: points.map(({ at, summaries }) => [at, ...summaries.map(cell)]),
    notes: [`Mean over at most ${Math.max(0, ...seeds)} seeds and its 95 % t-interval.`],
  };
}
