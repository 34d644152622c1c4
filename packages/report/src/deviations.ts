import type { Table } from '@archer-nas/core';

/** Where a plugin's paper, released code and this implementation differ. */
export interface Deviations {
  /** Name of the package. */
  readonly plugin: string;
  readonly tables: readonly Table[];
}

const RULE = /^\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*$/;

/**
 * The tables of a Markdown text, in its order; `title` is the heading before a table that is not
 * the text's own. Rows that have too few cells are filled up.
 */
export function markdownTables(text: string): Table[] {
  const lines = text.split(/\r?\n/);
  const tables: Table[] = [];
  let heading: string | undefined;
  for (let i = 0; i < lines.length; i++) {
    heading = /^##+\s+(.*)$/.exec(lines[i] ?? '')?.[1] ?? heading;
    if (!RULE.test(lines[i + 1] ?? '') || !(lines[i] ?? '').includes('|')) continue;
    const columns = cells(lines[i] ?? '');
    let end = i + 2;
    while ((lines[end] ?? '').includes('|')) end++;
    const rows = lines.slice(i + 2, end).map((line) => {
      const row = cells(line);
      return columns.map((_, at) => row[at] ?? '');
    });
    tables.push({ ...(heading === undefined ? {} : { title: heading }), columns, rows });
    i = end - 1;
  }
  return tables;
}

/** The cells of a row; `\|` is a character of a cell. Code keeps its backticks. */
function cells(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}
