import type { Table } from '@archer-nas/core';
import pc from 'picocolors';
import { bestTable } from './best-table.ts';
import { duration, number } from './number-text.ts';
import { printable } from './printable.ts';
import type { JobReport, RunReport } from './run-report.ts';
import { formatTable, type TextOptions } from './table-text.ts';
import type { Verdict } from './verdict.ts';

/** Rows of a table that a report shows. */
const SHOWN_ROWS = 12;

/** How a report is written. */
export interface ReportTextOptions extends TextOptions {
  /** False where verdicts over several seeds follow; true unless given. */
  readonly verdicts?: boolean;
}

/** A run's report as text without a line break at the end. */
export function formatRunReport(
  report: RunReport,
  { verdicts = true, ...options }: ReportTextOptions = {},
): string {
  const parts = [
    heading(report, options),
    ...report.jobs.flatMap((job) => jobText(job, options)),
    ...(report.best.length > 0
      ? [formatTable({ ...bestTable(report.best), title: 'best architectures' }, options)]
      : []),
    ...[sizes(report) ?? []].flat(),
    ...(verdicts && report.verdicts.length > 0 ? [formatVerdicts(report.verdicts, options)] : []),
  ];
  return parts.join('\n\n');
}

/** One line per expectation: the outcome, what was expected, why. */
export function formatVerdicts(verdicts: readonly Verdict[], options: TextOptions = {}): string {
  const paint = pc.createColors(options.colour ?? false);
  const colours = {
    reproduced: paint.green,
    differs: paint.red,
    inconclusive: paint.yellow,
    'not run here': paint.dim,
  };
  return verdicts
    .map(({ expectation: e, outcome, reason }) => {
      const profile = e.profile === undefined ? '' : ` (${e.profile})`;
      const expected = `${e.metric}${profile} = ${number(e.value)} ± ${number(e.tolerance)}`;
      return `${colours[outcome](outcome)}: ${printable(`${expected}, ${e.source}`)}: ${printable(reason)}`;
    })
    .join('\n');
}

function heading(report: RunReport, { colour = false }: TextOptions): string {
  const paint = pc.createColors(colour);
  const { experiment, title, profile, seed, status, fingerprint, seconds } = report;
  const name = title === undefined ? experiment : `${experiment}: ${title}`;
  const total = Object.values(seconds).reduce((sum, s) => sum + s, 0);
  const facts = [
    profile === undefined ? [] : [`profile ${profile}`],
    seed === undefined ? [] : [`seed ${seed}`],
    [status],
    total > 0 ? [duration(total)] : [],
  ].flat();
  return [
    paint.bold(printable(name)),
    printable(facts.join(', ')),
    ...(fingerprint?.engine ? [`engine ${printable(fingerprint.engine.description)}`] : []),
    ...(fingerprint
      ? [printable(`on ${fingerprint.machine.cpu}, Archer ${fingerprint.core}`)]
      : []),
    `in ${printable(report.folder)}`,
    ...report.remarks.map((remark) => printable(remark)),
  ].join('\n');
}

function jobText({ name, metrics, tables, notes }: JobReport, options: TextOptions): string[] {
  const entries = Object.entries(metrics);
  const table: Table = { title: name, columns: ['metric', 'value'], rows: entries, notes };
  // A job's tables show its metrics already.
  const own = Object.keys(tables).length === 0 && entries.length + notes.length > 0;
  return [
    ...(own ? [formatTable(table, options)] : []),
    ...Object.entries(tables).map(([key, t]) =>
      formatTable(shortened({ title: key, ...t }), options),
    ),
  ];
}

/** Long tables are for files: their first rows, and where the others are. */
function shortened(table: Table): Table {
  const hidden = table.rows.length - SHOWN_ROWS;
  if (hidden <= 0) return table;
  const note = `… and ${hidden} more rows; tables/ in the run folder has all of them.`;
  return {
    ...table,
    rows: table.rows.slice(0, SHOWN_ROWS),
    notes: [note, ...(table.notes ?? [])],
  };
}

/** What was trained and ranked, and whether that may be compared with the publication. */
function sizes({ jobs, profile, verdicts }: RunReport): string | undefined {
  const find = (metric: string) =>
    jobs.map(({ metrics }) => metrics[metric]).find((value) => value !== undefined);
  const trained = find('images-trained');
  if (trained === undefined) return undefined;
  const ranked = find('n');
  const text = [
    `${trained.toLocaleString('en')} images trained`,
    ...(ranked === undefined ? [] : [`${ranked.toLocaleString('en')} architectures ranked`]),
  ].join(', ');
  const published = verdicts.some(({ expectation }) => expectation.profile === profile);
  return published ? text : `not comparable with published numbers: ${text}`;
}
