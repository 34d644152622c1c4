import type { Table } from '@archer-nas/core';
import CliTable from 'cli-table3';
import pc from 'picocolors';
import { number } from './number-text.ts';
import { printable } from './printable.ts';

/** How text is laid out. */
export interface TextOptions {
  /** Draw boxes: for terminals. Plain columns otherwise, for files and pipes. */
  readonly terminal?: boolean;
  /** Use colours; `NO_COLOR` is the caller's to respect. */
  readonly colour?: boolean;
}

type Cell = string | number | null;

/** A table as text without a line break at the end. */
export function formatTable(table: Table, options: TextOptions = {}): string {
  const { terminal = false, colour = false } = options;
  const paint = pc.createColors(colour);
  const title = table.title === undefined ? [] : [paint.bold(printable(table.title))];
  const body = terminal ? boxed(table, colour) : plain(table);
  const notes = (table.notes ?? []).map((note) => paint.dim(printable(note)));
  return [...title, body, ...notes].join('\n');
}

function boxed(table: Table, colour: boolean): string {
  const alignments = alignmentsOf(table);
  const box = new CliTable({
    head: table.columns.map(printable),
    colAligns: alignments,
    style: colour
      ? { head: ['bold'], border: ['grey'], compact: true }
      : { head: [], border: [], compact: true },
  });
  box.push(...table.rows.map((row) => row.map(cellText)));
  return box.toString();
}

function plain(table: Table): string {
  const alignments = alignmentsOf(table);
  const rows = [table.columns.map(printable), ...table.rows.map((row) => row.map(cellText))];
  const widths = table.columns.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const pad = (text: string, i: number) =>
    alignments[i] === 'right' ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

/** A column of numbers is read from the right. */
function alignmentsOf({ columns, rows }: Table): ('left' | 'right')[] {
  return columns.map((_, i) => {
    const cells = rows.map((row) => row[i]).filter((cell) => cell !== null);
    return cells.length > 0 && cells.every((cell) => typeof cell === 'number') ? 'right' : 'left';
  });
}

function cellText(cell: Cell): string {
  if (cell === null) return '–';
  return typeof cell === 'number' ? number(cell) : printable(cell);
}
