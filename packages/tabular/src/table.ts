import { ArcherError, EXIT, sha256Hex, suggestion } from '@archer-nas/core';

import { type ParsedFile, parseCsv } from './csv.ts';
import type {
  FileDefinition,
  TableColumn,
  TableDefinition,
  TableRows,
} from './table-definition.ts';
import { type FileContent, hasFile, readTableFile, type TablePlaces } from './table-file.ts';

/** Where a table takes its files from. */
export interface TableSource {
  has(file: FileDefinition): boolean;
  /** @throws ArcherError `ARCHER_DATA_MISSING` or `ARCHER_DATA_CORRUPT` */
  read(file: FileDefinition): FileContent;
}

/** A benchmark's files in memory; each is read when a column of it is first asked for. */
export interface Table extends TableRows {
  readonly definition: TableDefinition;
  /** The columns of the first file, and those of further files that are there. */
  readonly columns: readonly TableColumn[];
  /** SHA-256 of the first file's text; with further files read, of all their hashes. */
  readonly hash: string;
  /** What the first file is known as; undefined for a user's own. */
  readonly known: string | undefined;
  /**
   * A column by its name, its file read.
   *
   * @throws ArcherError `ARCHER_BENCH_COLUMN` when the benchmark or this file has no such column,
   * `ARCHER_DATA_MISSING` when its file is not there
   */
  column(name: string): TableColumn;
}

/**
 * A benchmark's table from the folders it may be in; the first file is read at once.
 *
 * @param accepted hashes of files that are not known ones, see {@link readTableFile}
 * @throws ArcherError `ARCHER_DATA_MISSING` or `ARCHER_DATA_CORRUPT`
 */
export function openTable(
  definition: TableDefinition,
  places: TablePlaces,
  accepted: readonly string[] = [],
): Table {
  return createTable(definition, {
    has: (file) => hasFile(definition, file, places),
    read: (file) => readTableFile(definition, file, { places, accepted }),
  });
}

/** {@link openTable} from another source than files. */
export function createTable(definition: TableDefinition, source: TableSource): Table {
  const files = new Map<FileDefinition, FileContent>();
  const rowByKey = new Map<string, number>();
  const keys: string[] = [];
  const values = new Map<string, Float64Array>();

  const read = (file: FileDefinition): ParsedFile => {
    const content = source.read(file);
    const limits = { source: content.path, architectures: definition.architectures };
    const parsed = parseCsv(content.text, file, limits);
    const rows = parsed.keys.map((key) => {
      const row = rowByKey.get(key) ?? keys.push(key) - 1;
      rowByKey.set(key, row);
      return row;
    });
    for (const [name, found] of parsed.values) values.set(name, placed(found, rows, keys.length));
    files.set(file, { ...content, text: '' });
    return parsed;
  };

  const [first, ...further] = definition.files;
  const own = read(first);
  const owner = (name: string): FileDefinition | undefined =>
    definition.files.find(({ columns }) => columns.some((one) => one.name === name));
  const column = (name: string): TableColumn => {
    const file = owner(name);
    if (file !== undefined && !files.has(file)) read(file);
    const found = values.has(name) ? file?.columns.find((one) => one.name === name) : undefined;
    if (found !== undefined) return found;
    throw noColumn(definition, { name, elsewhere: file !== undefined, names: listed() });
  };
  const there = further.filter((file) => source.has(file)).flatMap(({ columns }) => columns);
  const listed = (): string[] => [...own.columns, ...there].map((one) => one.name);
  return {
    definition,
    rows: own.keys.length,
    columns: [...own.columns, ...there],
    known: files.get(first)?.known,
    get hash() {
      const hashes = Array.from(files.values(), ({ hash }) => hash);
      return hashes.length === 1 ? (hashes[0] as string) : sha256Hex(hashes.sort().join('\n'));
    },
    rowOf: (key) => rowByKey.get(key) ?? -1,
    key: (row) => keys[row] ?? '',
    column,
    values: (name) => values.get(column(name).name) as Float64Array, // `column` throws else
  };
}

/** Values of a file's rows at their rows in the table. */
function placed(values: Float64Array, rows: readonly number[], length: number): Float64Array {
  if (rows.every((row, at) => row === at)) return values;
  const all = new Float64Array(length).fill(Number.NaN);
  rows.forEach((row, at) => {
    all[row] = values[at] ?? Number.NaN;
  });
  return all;
}

function noColumn(
  { name: benchmark }: TableDefinition,
  wanted: { readonly name: string; readonly elsewhere: boolean; readonly names: readonly string[] },
): ArcherError {
  const { name, elsewhere, names } = wanted;
  const problem = elsewhere
    ? `This ${benchmark} table has no column "${name}", though others do`
    : `${benchmark} has no column "${name}"`;
  return new ArcherError('ARCHER_BENCH_COLUMN', `${problem}.`, {
    hint: elsewhere ? `It has ${names.join(', ')}.` : suggestion(name, names),
    exit: EXIT.manifest,
  });
}
