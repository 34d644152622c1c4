import { summarise, type Table } from '@archer-nas/core';
import { type Comparison, compareRuns, comparisonTables, sideName } from './comparison.ts';
import { difference, interval, spread } from './number-text.ts';
import type { RunRecord } from './record.ts';
import { formatTable, type TextOptions } from './table-text.ts';

/** Of two or more sides: each but the first, with the first. */
export type Comparisons = readonly [Comparison, ...Comparison[]];

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];

/**
 * Each group of runs but the first, compared with the first.
 *
 * @param paths where each is from: those of one name, like points of a sweep, are called by it
 * @throws RangeError as {@link compareRuns}, and for fewer than two groups
 */
export function compareEach(
  groups: readonly (readonly RunRecord[])[],
  paths: readonly string[] = [],
): Comparisons {
  const [first, second, ...others] = groups;
  if (first === undefined || second === undefined) {
    throw new RangeError('A comparison has at least two sides.');
  }
  const name = (at: number): string => ORDINALS[at] ?? `${at + 1}th`;
  const called = distinctNames(groups.map(sideName), paths);
  const compared = (other: readonly RunRecord[], at: number): Comparison => {
    const [a = '', b = ''] = [called[0], called[at]];
    return { ...compareRuns(first, other, [name(0), name(at)]), a, b };
  };
  return [compared(second, 1), ...others.map((other, i) => compared(other, i + 2))];
}

/**
 * Those of one name, like the points of a sweep, are called by their paths where these are known;
 * what is there twice for all that is called `name (2)`.
 */
export function distinctNames(names: readonly string[], paths: readonly string[] = []): string[] {
  const isShared = (name: string, at: number) =>
    names.some((other, i) => other === name && paths[i] !== paths[at]);
  const called = names.map((name, at) => (isShared(name, at) ? (paths[at] ?? name) : name));
  return called.map((name, at) => {
    const before = called.slice(0, at).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}

/** `a`, `b`, `c`, …: what the sides of a comparison are called. */
export function sideLetter(at: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + (at % 26));
}

/** Comparisons with the same first side as tables: the metrics of all sides, and what differs. */
export function severalTables(comparisons: Comparisons): readonly [Table, Table] {
  if (comparisons.length === 1) return comparisonTables(comparisons[0]);
  return [metricsTable(comparisons), differencesTable(comparisons)];
}

/** The same as text without a line break at the end. */
export function formatSeveral(comparisons: Comparisons, options: TextOptions = {}): string {
  return severalTables(comparisons)
    .map((table) => formatTable(table, options))
    .join('\n\n');
}

function metricsTable(comparisons: Comparisons): Table {
  const names = [comparisons[0].a, ...comparisons.map(({ b }) => b)];
  const metrics = [
    ...new Set(comparisons.flatMap((one) => one.metrics.map(({ metric }) => metric))),
  ];
  const rows = metrics.map((metric) => {
    const found = comparisons.map((one) => one.metrics.find((each) => each.metric === metric));
    const sides = [found.find((one) => one !== undefined)?.a, ...found.map((one) => one?.b)];
    return [
      metric,
      ...sides.map((side = summarise([])) => (side.n === 0 ? null : spread(side.mean, side.std))),
      ...found.map((one) => one?.paired && pairedText(one.paired)).map((text) => text ?? null),
    ];
  });
  const unfinished = comparisons.reduce((sum, { seeds }) => sum + seeds.unfinished, 0);
  return {
    title: names.join(', '),
    columns: [
      'metric',
      ...names.map((name, at) => `${sideLetter(at)}: ${name}`),
      ...comparisons.map((_, i) => `${sideLetter(i + 1)} - a`),
    ],
    rows,
    notes: [
      'mean ± std over seeds; differences over the seeds that both have, with their 95 % interval',
      ...(unfinished > 0 ? ['runs that are not finished are not in it'] : []),
    ],
  };
}

function pairedText({ mean, low, high }: { mean: number; low: number; high: number }): string {
  return [difference(mean), interval(low, high)].filter((text) => text !== null).join(' ');
}

/** What a comparison does not name as different is as on the first side. */
function differencesTable(comparisons: Comparisons): Table {
  const all = comparisons.map(({ differences }) => {
    return new Map(differences.map((one) => [one.path, one]));
  });
  const paths = [...new Set(all.flatMap((one) => [...one.keys()]))];
  const text = (value: unknown): string | null => (value === undefined ? null : String(value));
  return {
    title: 'what differs',
    columns: ['place', ...[...comparisons, null].map((_, at) => sideLetter(at))],
    rows: paths.map((path) => {
      const first = all.find((one) => one.has(path))?.get(path)?.a;
      const others = all.map((one) => (one.has(path) ? one.get(path)?.b : first));
      return [path, text(first), ...others.map(text)];
    }),
    notes: paths.length === 0 ? ['nothing in manifest, plugins, engine and data'] : [],
  };
}
