import type { Table } from '@archer-nas/core';
import { grouped } from '../number-text.ts';
import { type Content, html, type Markup } from './html.ts';

type Cell = string | number | null;

/** Rows that a page shows of a table. */
const SHOWN_ROWS = 200;
/** Characters of a cell that is not broken into lines. */
const SHORT = 26;
/** Rows of a table that is shown without being asked for. */
const LONG = 12;

/** How a table is shown. */
export interface TableOptions {
  /** Draws a cell in another way than as its text; `undefined` leaves it. */
  readonly draw?: (cell: Cell, column: string) => Content;
  readonly rows?: number;
  /** Whether its title is written above it; otherwise only read out. */
  readonly captioned?: boolean;
}

/**
 * A table that scrolls on its own when it is wider than the page, with its notes below. The
 * first column names the rows; columns of numbers are read from the right.
 */
export function tableHtml(table: Table, options: TableOptions = {}): Markup {
  const { draw, rows = SHOWN_ROWS, captioned = true } = options;
  const isNumeric = table.columns.map((_, i) => {
    const cells = table.rows.map((row) => row[i]).filter((cell) => cell !== null);
    return cells.length > 0 && cells.every((cell) => typeof cell === 'number');
  });
  const isShort = table.columns.map((_, i) =>
    table.rows.every((row) => String(row[i] ?? '').length <= SHORT),
  );
  const kind = (i: number): string => (isNumeric[i] ? 'number' : isShort[i] ? 'short' : 'text');
  const head = (column: string, i: number): Markup => {
    if (column === '') return html`<td></td>`; // a header that says nothing is none
    return html`<th scope="col" class="${kind(i)}">${column}</th>`;
  };
  const cell = (value: Cell, i: number): Markup => {
    const content = draw?.(value, table.columns[i] ?? '') ?? cellText(value);
    if (i === 0) return html`<th scope="row" class="${kind(i)}">${content}</th>`;
    return html`<td class="${kind(i)}">${content}</td>`;
  };
  const hidden = table.rows.length - rows;
  const more = hidden > 0 ? [`… and ${hidden} more rows; tables/ in the run folder has all.`] : [];
  const notes = [...more, ...(table.notes ?? [])];
  return html`<div class="block"><div class="scroll" tabindex="0" role="group" aria-label="${table.title ?? 'table'}">
<table>${captioned && table.title !== undefined && html`<caption>${table.title}</caption>`}
<thead><tr>${table.columns.map(head)}</tr></thead>
<tbody>${table.rows
    .slice(0, rows)
    .map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody></table></div>
${notesHtml(notes)}</div>`;
}

/** The same, folded up where it is long. */
export function foldedTable(table: Table, { folded = table.rows.length > LONG } = {}): Markup {
  if (!folded) return tableHtml(table);
  const size = `${table.rows.length.toLocaleString('en')} rows`;
  return html`<details class="block"><summary>${table.title} (${size})</summary>${tableHtml(table, { captioned: false })}</details>`;
}

/** Lines of small print; nothing where there are none. */
export function notesHtml(notes: readonly string[]): Content {
  return (
    notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`
  );
}

function cellText(cell: Cell): string {
  if (cell === null) return '–';
  return typeof cell === 'number' ? grouped(cell) : cell;
}
