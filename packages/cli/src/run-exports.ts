import type { Table } from '@archer-nas/core';
import {
  type Background,
  bestTable,
  type Chart,
  cellsSvg,
  chartSvg,
  chartTable,
  figures,
  latexTable,
  PRINT,
  seedsOf,
  seedTable,
  suiteTable,
  verdicts,
} from '@archer-nas/report';
import { allTables, type RunRecord, tableCsv } from '@archer-nas/runtime';
import { pngOf } from './png.ts';

/** Formats of what runs found out: pictures of charts and cells, or tables. */
export const RUN_FORMATS = ['svg', 'png', 'csv', 'latex'] as const;
export type RunFormat = (typeof RUN_FORMATS)[number];

/** Rows of a table that LaTeX gets: longer ones are data, not a table of a paper. */
const LATEX_ROWS = 60;

/** Files by name. */
export type Files = ReadonlyMap<string, string | Uint8Array>;

/** The charts and cells, or the tables, of an experiment's runs. */
export async function runExports(
  records: readonly RunRecord[],
  format: RunFormat,
  { draw }: Background = {},
): Promise<Files> {
  const { fronts, search, studies, decisions } = figures(seedsOf(records));
  const charts = [...fronts, ...studies, ...search, ...decisions.flatMap((run) => run.charts)];
  if (format === 'svg') return pictures(records, charts, draw);
  if (format === 'png') {
    const drawn = await pictures(records, charts, draw);
    const files = new Map<string, Uint8Array>();
    for (const [name, svg] of drawn) files.set(name.replace(/svg$/, 'png'), await pngOf(svg));
    return files;
  }
  const tables = tablesOf(records);
  if (format === 'latex') {
    const short = [...tables].filter(([, { rows }]) => rows.length <= LATEX_ROWS);
    return new Map(
      short.map(([name, table]) => [`${name}.tex`, latexTable(table, { label: `tab:${name}` })]),
    );
  }
  const values = charts.map((chart): [string, Table] => [`chart-${chart.name}`, chartTable(chart)]);
  return new Map([...tables, ...values].map(([name, table]) => [`${name}.csv`, tableCsv(table)]));
}

async function pictures(
  records: readonly RunRecord[],
  charts: readonly Chart[],
  draw: Background['draw'],
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const best = records.find(({ result }) => result !== undefined)?.result?.search.best[0];
  const cells = best && draw?.(best.architecture);
  if (cells !== undefined) files.set('cells.svg', cellsSvg(cells));
  const look = { theme: PRINT, id: 'chart', titled: true };
  for (const chart of charts) {
    files.set(`chart-${chart.name}.svg`, `${await chartSvg(chart, look)}\n`);
  }
  return files;
}

/** All tables of the runs, those over all of them first. */
function tablesOf(records: readonly RunRecord[]): Map<string, Table> {
  const [first] = records;
  const finished = records.filter(({ result }) => result !== undefined);
  const best = finished.flatMap(({ result }) => result?.search.best ?? []);
  const experiment = first?.manifest?.name ?? 'experiment';
  const judged = { experiment, verdicts: verdicts(first?.manifest?.expect ?? [], records) };
  const found = new Map<string, Table>();
  if (finished.length > 0) found.set('seeds', seedTable(finished));
  if (judged.verdicts.length > 0) found.set('verdicts', suiteTable(experiment, [judged]));
  if (best.length > 0) found.set('best', bestTable(best));
  for (const { result } of finished) {
    if (result === undefined) continue;
    const prefix = finished.length > 1 ? `seed-${result.seed}-` : '';
    for (const [name, table] of allTables(result)) found.set(`${prefix}${name}`, table);
  }
  return found;
}
