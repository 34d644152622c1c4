import type { Table } from '@archer-nas/core';
import { type Chart, drawable, type Point, type Series } from '../chart/chart.ts';
import { number } from '../number-text.ts';
import type { JobReport } from '../run-report.ts';

/** Points of a scatter that are drawn: more would make pages of megabytes. */
const MAX_DOTS = 800;

/** What is known of a job besides the table. */
type Metrics = JobReport['metrics'];

/**
 * The charts of a job's tables. What a table shows is told by its columns, whichever plugin it
 * is from: scores beside a truth, values by epoch, arms by budget.
 */
export function tableFigures({ name, metrics, tables }: JobReport): Chart[] {
  return Object.entries(tables).flatMap(([key, table]) => {
    const stem = `${name}-${key}`;
    return [
      ...rankScatter(stem, table, metrics),
      ...byEpoch(stem, table, metrics),
      ...byBudget(stem, table),
      ...withIntervals(stem, table),
    ].flatMap((chart) => drawable(chart) ?? []);
  });
}

/** Predicted against true. */
function rankScatter(name: string, table: Table, metrics: Metrics): Chart[] {
  const [score, truth] = ['score', 'truth'].map((column) => table.columns.indexOf(column));
  if (score === undefined || truth === undefined || score < 0 || truth < 0) return [];
  const all = pairs(table, truth, score);
  const stride = Math.ceil(all.length / MAX_DOTS);
  const points = all.filter((_, i) => i % stride === 0);
  const shown = stride > 1 ? ` Every ${stride}th is drawn.` : '';
  const summary = `Predicted score against truth of ${all.length} architectures${tau(metrics)}.${shown}`;
  return [
    {
      ...{ name, title: 'Predicted against true', summary, kind: 'points' },
      ...{
        x: { title: 'truth' },
        y: { title: 'score' },
        series: [{ name: 'architectures', points }],
      },
    },
  ];
}

function tau(metrics: Metrics): string {
  const { 'kendall-tau': value, 'kendall-tau-low': low, 'kendall-tau-high': high } = metrics;
  if (value === undefined) return '';
  const text = `, Kendall's τ ${number(value)}`;
  if (low === undefined || high === undefined) return text;
  return `${text} (95 % interval ${number(low)} to ${number(high)})`;
}

/** Columns over epochs: those that a metric `best-…` speaks of alone, the others together. */
function byEpoch(name: string, table: Table, metrics: Metrics): Chart[] {
  if (table.columns[0] !== 'epoch') return [];
  const numeric = table.columns
    .map((column, i) => ({ column, i }))
    .filter(({ i }) => {
      return i > 0 && table.rows.every((row) => typeof row[i] === 'number');
    });
  const isAlone = ({ column }: { readonly column: string }): boolean =>
    Object.hasOwn(metrics, `best-${column}`);
  const together = numeric.filter((one) => !isAlone(one));
  const groups = [...numeric.filter(isAlone).map((one) => [one]), together];
  return groups
    .filter((group) => group.length > 0)
    .map((group) => {
      const title = group.length === 1 ? (group[0]?.column as string) : 'Choices';
      return {
        name: `${name}-${title}`,
        title: `${title} by epoch`,
        summary: `${group.map(({ column }) => column).join(', ')} of the architecture that each of ${table.rows.length} epochs would give.`,
        kind: 'lines' as const,
        x: { title: 'epoch' },
        y: { title },
        series: group.map(({ column, i }) => ({ name: column, points: pairs(table, 0, i) })),
      };
    });
}

/** What each arm has reached at each budget: its regret, or its share of the best front. */
function byBudget(name: string, table: Table): Chart[] {
  const [arm, axis] = table.columns;
  const value = ['regret', 'share of the best'].find((column) => table.columns.includes(column));
  if (arm !== 'arm' || axis === undefined || value === undefined) return [];
  const column = table.columns.indexOf(value);
  const arms = [...new Set(table.rows.map((row) => String(row[0])))];
  const series = arms.map((one): Series => {
    const rows = table.rows.filter((row) => String(row[0]) === one);
    return { name: one, points: rows.flatMap((row) => budgetPoint(row, column, table)) };
  });
  const named = series.filter(({ points }) => points.length > 0).map((one) => one.name);
  return [
    {
      ...{ name, title: `${value} by ${axis}`, kind: 'lines' },
      summary: `${value} of ${named.join(', ')} over ${axis}; the bands are 95 % intervals.`,
      ...{ x: { title: axis }, y: { title: value }, series },
    },
  ];
}

/** The interval is that of the mean: it is as wide around the regret. */
function budgetPoint(row: Table['rows'][number], column: number, table: Table): Point[] {
  const [x, y] = [row[1], row[column]];
  if (typeof x !== 'number' || typeof y !== 'number') return [];
  const interval = readInterval(row[table.columns.indexOf('95 % interval')]);
  if (interval === undefined) return [{ x, y }];
  const half = (interval.high - interval.low) / 2;
  return [{ x, y, low: y - half, high: y + half }];
}

/** Kendall's τ of several scores, each with its interval. */
function withIntervals(name: string, table: Table): Chart[] {
  const [tauColumn, interval] = [
    table.columns.indexOf('tau'),
    table.columns.indexOf('95 % interval'),
  ];
  if (tauColumn < 0 || interval < 0) return [];
  const series = table.rows.flatMap((row): Series[] => {
    const [x, bounds] = [row[tauColumn], readInterval(row[interval])];
    if (typeof x !== 'number' || bounds === undefined) return [];
    return [{ name: String(row[0]), points: [{ x, y: 0, ...bounds }] }];
  });
  return [
    {
      ...{ name, title: "Kendall's τ of each score", kind: 'intervals', reference: 0 },
      summary: `Kendall's τ with its 95 % interval of ${series.map((s) => s.name).join(', ')}.`,
      ...{ x: { title: "Kendall's τ, 95 % interval" }, y: { title: '' }, series },
    },
  ];
}

function readInterval(cell: unknown): { low: number; high: number } | undefined {
  const found = /^(-?[\d.]+(?:e[+-]?\d+)?) to (-?[\d.]+(?:e[+-]?\d+)?)$/.exec(String(cell));
  return found === null ? undefined : { low: Number(found[1]), high: Number(found[2]) };
}

function pairs({ rows }: Table, x: number, y: number): Point[] {
  return rows.flatMap((row) => {
    const [a, b] = [row[x], row[y]];
    return typeof a === 'number' && typeof b === 'number' ? [{ x: a, y: b }] : [];
  });
}
