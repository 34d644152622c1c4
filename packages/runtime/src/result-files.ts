import { join } from 'node:path';
import type { State, Table } from '@archer-nas/core';
import { replaceFile } from './durable.ts';
import type { RunFolder } from './folders.ts';
import type { RunResult } from './read-run.ts';
import { encodeState } from './state-codec.ts';

/** The files of a result by name, `result.json` last. */
export function resultFiles(result: RunResult): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, table] of allTables(result)) {
    files.set(`tables/${name}.csv`, tableCsv(table));
    files.set(`tables/${name}.json`, json(table));
  }
  return files.set('result.json', json(result));
}

/**
 * Writes the tables of a result and then `result.json`, whose appearance makes the run
 * finished. Returns the files' contents by name, for trackers.
 */
export function writeResult(folder: RunFolder, result: RunResult): Map<string, string> {
  const files = resultFiles(result);
  for (const [name, content] of files) replaceFile(join(folder.root, name), content);
  return files;
}

/**
 * Writes tables as CSV into a folder, each under its name as far as a file can have it.
 * @returns the files
 */
export function writeTables(folder: string, tables: ReadonlyMap<string, Table>): string[] {
  const taken = new Set<string>();
  return [...tables].map(([name, table]) => {
    const free = freeName(safe(name), taken);
    taken.add(free.toLowerCase());
    const file = join(folder, `${free}.csv`);
    replaceFile(file, tableCsv(table));
    return file;
  });
}

function json(value: object): string {
  return `${JSON.stringify(encodeState(value as unknown as State), undefined, 2)}\n`;
}

/**
 * Every table of a result under the name of its file: `search-<table>`, `rank-0-<table>`. Names
 * differ on every file system; what would have the name of another is numbered.
 */
export function allTables({ search, studies }: RunResult): Map<string, Table> {
  const found = new Map<string, Table>();
  const taken = new Set<string>();
  const add = (prefix: string, tables: Readonly<Record<string, Table>>): void => {
    for (const [table, content] of Object.entries(tables)) {
      const name = freeName(safe(`${prefix}-${table}`), taken);
      found.set(name, content);
      taken.add(name.toLowerCase());
    }
  };
  add('search', search.tables);
  for (const { id, index, searchAt, tables } of studies) {
    const repeated = studies.filter((other) => other.index === index).length > 1;
    add(`${id}-${index}${repeated ? `-at-${searchAt}` : ''}`, tables);
  }
  return found;
}

/** A name that stays in its folder on every file system. */
function safe(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]+/g, '_').slice(0, 120);
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name}-${n}`;
  return free;
}

/** A table as CSV (RFC 4180); `NaN` and infinities by name, an absent value as nothing. */
export function tableCsv({ columns, rows }: Table): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

const NUMBER = String.raw`\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const SIGNED = `[+-]${NUMBER}(?: (?:to|±) -?${NUMBER})?`;
/** A number with a sign as text, also with its deviation or as a range: `+0.5 ± 0.1`, `-0.5 to 1.0`. */
const RANGE = new RegExp(`^${SIGNED}$`);
const GUARDED = new RegExp(`(?<=^|,)'(?=${SIGNED}(?:,|$))`, 'gm');

/** CSV of earlier versions, without the apostrophes that they put before numbers with a sign. */
export function withoutNumberGuards(csv: string): string {
  return csv.replaceAll(GUARDED, '');
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // Spreadsheets would compute what begins like a formula.
  const text = /^[=+@\t\r-]/.test(value) && !RANGE.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
