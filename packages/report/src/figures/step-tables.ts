import { isSearchStep, type JournalLine, type Table } from '@archer-nas/core';
import { type Chart, drawable, MAX_POINTS, type Point, type Series } from '../chart/chart.ts';
import type { NamedRun } from './metric-curves.ts';

/** A table that the search has told after one of its steps. */
interface Told {
  readonly name: string;
  readonly table: Table;
  /** The epoch that had ended, or the search's progress. */
  readonly x: number;
  readonly axis: 'epoch' | 'progress';
}

/**
 * Charts of tables that a search tells again and again as it goes. Their columns say what they are:
 * `decision`, `option` and a number, like α: a chart per decision with a line per option;
 * `quantile` and a number, like the probabilities of images: a chart with a line per quantile;
 * `partial model` and a number, like a pool: a point for each that a stage has kept.
 */
export function stepTableFigures(runs: readonly NamedRun[]): Chart[] {
  const told = runs.map(({ label, record }) => ({ label, all: tellings(record.lines) }));
  return told.flatMap(({ label, all }) => {
    const of = (column: string) => all.filter(({ table }) => table.columns[0] === column);
    const suffix = runs.length > 1 ? `, ${label}` : '';
    return [...quantiles(of('quantile'), suffix), ...pools(of('partial model'), suffix)];
  });
}

/** α and its like: the charts of each run apart, as there may be dozens. */
export function decisionFigures({ label, record }: NamedRun): Chart[] {
  const told = tellings(record.lines).filter(({ table }) => table.columns[0] === 'decision');
  const names = [...new Set(told.flatMap(({ table }) => table.rows.map((row) => String(row[0]))))];
  return names.flatMap((decision) => {
    const series = seriesBy(told, 1, (row) => String(row[0]) === decision);
    const { axis = 'epoch', table } = told[0] ?? {};
    const measure = table?.columns[2] ?? 'value';
    return chartOf({
      ...{ name: `decision-${label}-${decision}`, title: decision, kind: 'lines' },
      summary: `${measure} by ${axis}${favourite(series)}.`,
      ...{ x: { title: axis }, y: { title: measure }, series },
    });
  });
}

/** `, at the end 0.41 for skip_connect`. */
function favourite(series: readonly Series[]): string {
  const last = series.map(({ name, points }) => ({ name, y: points.at(-1)?.y ?? Number.NaN }));
  const best = last.reduce((a, b) => (b.y > a.y ? b : a), { name: '', y: -1 });
  return best.name === '' ? '' : `, at the end ${Number(best.y.toPrecision(2))} for ${best.name}`;
}

function quantiles(told: readonly Told[], suffix: string): Chart[] {
  const names = [...new Set(told.map(({ name }) => name))];
  return names.flatMap((name) => {
    const own = told.filter((one) => one.name === name);
    const { axis = 'epoch', table } = own[0] ?? {};
    const measure = table?.columns[1] ?? 'value';
    return chartOf({
      ...{ name: `search-${name}${suffix}`, title: `${name}${suffix}`, kind: 'lines' },
      summary: `Quantiles of ${measure} by ${axis}.`,
      ...{ x: { title: axis }, y: { title: measure }, series: seriesBy(own, 0) },
    });
  });
}

function pools(told: readonly Told[], suffix: string): Chart[] {
  const measure = told[0]?.table.columns[1] ?? 'value';
  const points = told.flatMap(({ table }, stage) => {
    return table.rows.flatMap((row) => pointOf(stage + 1, row[1]));
  });
  return chartOf({
    ...{ name: `search-pool${suffix}`, title: `The pool by stage${suffix}`, kind: 'points' },
    summary: `${measure} of each partial model that ${told.length} stages have kept.`,
    ...{ x: { title: 'stage' }, y: { title: measure }, series: [{ name: 'kept', points }] },
  });
}

function chartOf(chart: Chart): Chart[] {
  const shown = drawable(chart);
  return shown === undefined || shown.series.every(({ points }) => points.length < 2)
    ? []
    : [shown];
}

type Row = Table['rows'][number];

/** A series for each value of a column, with the numbers of the next column. */
function seriesBy(
  told: readonly Told[],
  column: number,
  keeps: (row: Row) => boolean = () => true,
): Series[] {
  const found = new Map<string, Point[]>();
  for (const { x, table } of told) {
    for (const row of table.rows.filter(keeps)) {
      const name = String(row[column]);
      const points = found.get(name) ?? [];
      points.push(...pointOf(x, row[column + 1]));
      found.set(name, points);
    }
  }
  return [...found].map(([name, points]) => ({ name, points: some(points) }));
}

/** Every so many points one, and the last: lines that cross would hide in bands of their means. */
function some(points: readonly Point[]): readonly Point[] {
  const stride = Math.ceil(points.length / MAX_POINTS);
  return points.filter((_, i) => i % stride === 0 || i === points.length - 1);
}

function pointOf(x: number, y: unknown): Point[] {
  return typeof y === 'number' ? [{ x, y }] : [];
}

function tellings(lines: readonly JournalLine[]): Told[] {
  return lines.filter(isSearchStep).flatMap(({ at = 0, body }): Told[] => {
    const { metrics, tables } = (body ?? {}) as {
      readonly metrics?: Readonly<Record<string, unknown>>;
      readonly tables?: Readonly<Record<string, unknown>>;
    };
    const epoch = metrics?.epoch;
    const place =
      typeof epoch === 'number'
        ? ({ x: epoch, axis: 'epoch' } as const)
        : ({ x: at, axis: 'progress' } as const);
    return Object.entries(tables ?? {}).flatMap(([name, table]) => {
      return isTable(table) ? [{ name, table, ...place }] : [];
    });
  });
}

/** A journal may be damaged: what is no table is no chart. */
function isTable(value: unknown): value is Table {
  const { columns, rows } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return Array.isArray(columns) && Array.isArray(rows) && rows.every(Array.isArray);
}
