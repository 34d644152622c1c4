import type { Table } from '@archer-nas/core';
import { number } from './number-text.ts';
import { printable } from './printable.ts';

/** A table as Markdown, its title in bold above it and its notes below. */
export function markdownTable({ title, columns, rows, notes = [] }: Table): string {
  const isNumeric = columns.map((_, at) => rows.every((row) => typeof row[at] !== 'string'));
  const lines = [
    line(columns.map(escaped)),
    line(isNumeric.map((numeric) => (numeric ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(cell))),
  ];
  const parts = [
    ...(title === undefined ? [] : [`**${escaped(title)}**`]),
    lines.join('\n'),
    ...notes.map(escaped),
  ];
  return parts.join('\n\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function cell(value: string | number | null): string {
  if (value === null) return '–';
  return typeof value === 'number' ? number(value) : escaped(value);
}

/** What is printed as it is: neither markup nor the end of a cell. */
function escaped(text: string): string {
  return printable(text).replace(/[\\|*_`<>]/g, '\\$&');
}
