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
  return new FilesTable(definition, source);
}

class FilesTable implements Table {
  readonly definition: TableDefinition;
  readonly columns: readonly TableColumn[];
  readonly rows: number;
  readonly known: string | undefined;
  readonly #source: TableSource;
  /** Those that were read, without their texts. */
  readonly #files = new Map<FileDefinition, FileContent>();
  readonly #rowByKey = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #values = new Map<string, Float64Array>();

  constructor(definition: TableDefinition, source: TableSource) {
    const [first, ...further] = definition.files;
    this.definition = definition;
    this.#source = source;
    const own = this.#read(first);
    const there = further.filter((file) => source.has(file));
    this.columns = [...own.columns, ...there.flatMap(({ columns }) => columns)];
    this.rows = own.keys.length;
    this.known = this.#files.get(first)?.known;
  }

  get hash(): string {
    const hashes = Array.from(this.#files.values(), ({ hash }) => hash);
    return hashes.length === 1 ? (hashes[0] as string) : sha256Hex(hashes.sort().join('\n'));
  }

  rowOf(key: string): number {
    return this.#rowByKey.get(key) ?? -1;
  }

  key(row: number): string {
    return this.#keys[row] ?? '';
  }

  column(name: string): TableColumn {
    const file = this.definition.files.find(({ columns }) =>
      columns.some((one) => one.name === name),
    );
    if (file !== undefined && !this.#files.has(file)) this.#read(file);
    const found = this.#values.has(name)
      ? file?.columns.find((one) => one.name === name)
      : undefined;
    if (found !== undefined) return found;
    const names = this.columns.map((one) => one.name);
    throw noColumn(this.definition, { name, elsewhere: file !== undefined, names });
  }

  values(name: string): Float64Array {
    return this.#values.get(this.column(name).name) as Float64Array; // `column` throws else
  }

  #read(file: FileDefinition): ParsedFile {
    const content = this.#source.read(file);
    const { architectures } = this.definition;
    const parsed = parseCsv(content.text, file, { source: content.path, architectures });
    const rows = parsed.keys.map((key) => this.#rowFor(key));
    for (const [name, found] of parsed.values) {
      this.#values.set(name, placed(found, rows, this.#keys.length));
    }
    this.#files.set(file, { ...content, text: '' });
    return parsed;
  }

  /** The row of a key, which gets one where it has none. */
  #rowFor(key: string): number {
    const known = this.#rowByKey.get(key);
    if (known !== undefined) return known;
    const row = this.#keys.push(key) - 1;
    this.#rowByKey.set(key, row);
    return row;
  }
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
