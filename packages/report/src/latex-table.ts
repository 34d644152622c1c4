import type { Table } from '@archer-nas/core';
import { latexText } from './latex-text.ts';
import { number } from './number-text.ts';

/** Which end of a column is the better one. */
export type Better = 'low' | 'high';

/** What surrounds a table, and what is good in it. */
export interface LatexOptions {
  /** The table's title otherwise. */
  readonly caption?: string;
  readonly label?: string;
  /** Columns whose best number is set in bold. */
  readonly better?: Readonly<Record<string, Better>>;
}

/** Columns that mean the same in whichever table they are. */
const BETTER: Readonly<Record<string, Better>> = {
  tau: 'high',
  spearman: 'high',
  hypervolume: 'high',
  'share of the best': 'high',
  regret: 'low',
  IGD: 'low',
};

type Row = Table['rows'][number];

/** A column of LaTeX, or two around a ±. */
interface Column {
  readonly spec: string;
  readonly head: string;
  readonly cells: readonly string[];
}

/**
 * A table as LaTeX with booktabs: numbers end at the same place, `mean ± std` (one column, or a
 * column `std` beside its `mean`) is aligned at the ±, and the best of a column whose direction is
 * known is bold, for arms the best of each budget. Notes are set below. It needs the packages
 * booktabs and textcomp, with T1 fonts.
 */
export function latexTable(table: Table, options: LatexOptions = {}): string {
  const better = { ...BETTER, ...options.better };
  const columns = table.columns.flatMap((_, i) => columnOf(table, i, better));
  const caption = options.caption ?? table.title;
  const rows = table.rows.map((_, at) => columns.map(({ cells }) => cells[at]).join(' & '));
  return [
    '\\begin{table}',
    '\\centering',
    ...(caption === undefined ? [] : [`\\caption{${latexText(caption)}}`]),
    ...(options.label === undefined ? [] : [`\\label{${labelText(options.label)}}`]),
    `\\begin{tabular}{${columns.map(({ spec }) => spec).join('')}}`,
    '\\toprule',
    `${columns.map(({ head }) => head).join(' & ')} \\\\`,
    '\\midrule',
    ...rows.map((row) => `${row} \\\\`),
    '\\bottomrule',
    '\\end{tabular}',
    ...(table.notes ?? []).map((note) => `\\par\\smallskip\\footnotesize ${latexText(note)}`),
    '\\end{table}\n',
  ].join('\n');
}

function columnOf(table: Table, i: number, better: LatexOptions['better']): Column[] {
  const name = table.columns[i] as string; // i is a place in it
  const cells = table.rows.map((row) => row[i] ?? null);
  const isStd = name === 'std' && table.columns[i - 1] === 'mean';
  if (isStd) return [];
  const numeric = cells.some((cell) => typeof cell === 'number');
  const isNumeric = numeric && cells.every((cell) => cell === null || typeof cell === 'number');
  if (!isNumeric) return [textColumn(name, cells)];
  const texts = numberTexts(cells as readonly (number | null)[]);
  const bold = boldRows(table, i, better?.[name]);
  const shown = texts.map((text, at) => (bold.has(at) ? `\\textbf{${text}}` : text));
  if (name !== 'mean' || table.columns[i + 1] !== 'std') {
    return [{ spec: 'r', head: `\\multicolumn{1}{r}{${latexText(name)}}`, cells: shown }];
  }
  const spreads = numberTexts(table.rows.map((row) => numberOr(row[i + 1])));
  return [spreadColumn('mean $\\pm$ std', shown, spreads)];
}

/** Text, aligned at its ± where every cell has one. */
function textColumn(name: string, cells: readonly (string | number | null)[]): Column {
  const parts = cells.map((cell) => /^(\S+) ± (\S+)$/.exec(String(cell)));
  const given = cells.filter((cell) => cell !== null);
  if (given.length > 0 && parts.filter((part) => part !== null).length === given.length) {
    const side = (at: 1 | 2) => parts.map((part) => latexText(part?.[at] ?? '–'));
    return spreadColumn(latexText(name), side(1), side(2));
  }
  const texts = cells.map((cell) => {
    if (cell === null) return '--';
    return typeof cell === 'number' ? minus(number(cell)) : latexText(cell);
  });
  return { spec: 'l', head: latexText(name), cells: texts };
}

function spreadColumn(head: string, left: readonly string[], right: readonly string[]): Column {
  return {
    spec: 'r@{\\,$\\pm$\\,}l',
    head: `\\multicolumn{2}{c}{${head}}`,
    cells: left.map((text, at) => `${text} & ${right[at]}`),
  };
}

const numberOr = (cell: Row[number] | undefined): number | null =>
  typeof cell === 'number' ? cell : null;

/** Numbers of a column with the decimals of the one that has most, so that points align. */
function numberTexts(cells: readonly (number | null)[]): string[] {
  const texts = cells.map((cell) => (cell === null ? '--' : number(cell)));
  const decimals = Math.max(
    ...texts.map((text) => (/e/.test(text) ? 0 : (text.split('.')[1] ?? '').length)),
    0,
  );
  return cells.map((cell, i) => {
    const text = texts[i] as string;
    const isPlain = cell !== null && Number.isFinite(cell) && !/e/.test(text);
    return minus(isPlain ? cell.toFixed(decimals) : text);
  });
}

/** A hyphen is no minus; powers of ten as mathematics. */
function minus(text: string): string {
  const [, mantissa, power] = /^(-?[\d.]+)e([+-]?\d+)$/.exec(text) ?? [];
  if (power !== undefined) return `$${mantissa} \\cdot 10^{${Number(power)}}$`;
  return text === '--' ? text : text.replace(/^-(?=[\dI])/, '$-$');
}

/** Rows with the best number of a column: of all rows, or of those of the same budget. */
function boldRows({ columns, rows }: Table, i: number, better: Better | undefined): Set<number> {
  if (better === undefined) return new Set();
  const groupOf = (row: Row): string => (columns[0] === 'arm' ? String(row[1]) : '');
  const best = new Map<string, number>();
  for (const row of rows) {
    const value = row[i];
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    const known = best.get(groupOf(row));
    const isBetter = known === undefined || (better === 'low' ? value < known : value > known);
    if (isBetter) best.set(groupOf(row), value);
  }
  const bold = rows.flatMap((row, at) => (row[i] === best.get(groupOf(row)) ? [at] : []));
  return new Set(bold);
}

const labelText = (label: string): string => label.replace(/[^a-zA-Z0-9:._-]+/g, '-');
