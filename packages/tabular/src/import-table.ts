import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { ArcherError, EXIT, sha256Hex } from '@archer-nas/core';

import { parseCsv, perFields } from './csv.ts';
import { corrupt } from './data-errors.ts';
import { named } from './fetch-table.ts';
import { officialForm } from './official-file.ts';
import type { FileDefinition, TableDefinition } from './table-definition.ts';
import { readBounded, tablePath, unpack } from './table-file.ts';
import { writeWhole } from './write-whole.ts';

/** What to import, and where to. */
export interface ImportTableOptions {
  /** The data folder. */
  readonly to: string;
  /** CSV in the layout of one of the benchmark's files, or its public table; gzipped or not. */
  readonly file: string;
  /** The hash that the file or its text must have. */
  readonly sha256?: string;
  readonly log: (line: string) => void;
}

/** The file that is there now. */
export interface ImportedTable {
  readonly path: string;
  readonly rows: number;
  /** Of the CSV text. */
  readonly hash: string;
  /** What the content is known as; undefined for a user's own, which manifests must name. */
  readonly known: string | undefined;
}

/**
 * Checks a user's file line by line and puts it in the data folder as the file of the benchmark
 * whose columns it has. Never over another content.
 *
 * @throws ArcherError `ARCHER_DATA_PICKLE` for the authors' own files, which are not loaded,
 * `ARCHER_DATA_CORRUPT` for a file that is no table or another file in the place
 */
export async function importTable(
  definition: TableDefinition,
  { to, file, sha256, log }: ImportTableOptions,
): Promise<ImportedTable> {
  const form = officialForm(file);
  if (form !== undefined) throw pickled(definition, file, form);
  const bytes = named(file);
  const given = unpack(bytes, file).toString('utf8');
  checkHash(file, [sha256Hex(bytes), sha256Hex(given)], sha256);
  const { publicTable } = definition;
  const text = publicTable?.recognises(given) ? publicTable.convert(given) : given;
  const target = targetOf(definition, text, file);
  const { architectures } = definition;
  const { keys, columns } = parseCsv(text, target, { source: file, architectures });
  const hash = sha256Hex(text);
  const path = join(to, tablePath(definition, target.file));
  await put(path, text);
  const known = target.known.find((one) => one.sha256 === hash)?.name;
  log(
    `${path}: ${keys.length} architectures, columns ${columns.map(({ name }) => name).join(', ')}`,
  );
  log(known ?? `not a published table: manifests that read it need sha256: ${hash}`);
  return { path, rows: keys.length, hash, known };
}

/**
 * The file of the benchmark that a content is known as, or that its header belongs to: most of the
 * file's columns, and all its keys.
 */
function targetOf(definition: TableDefinition, text: string, source: string): FileDefinition {
  const hash = sha256Hex(text);
  const published = definition.files.find(({ known }) => known.some((one) => one.sha256 === hash));
  if (published !== undefined) return published;
  const header = new Set(text.slice(0, text.indexOf('\n')).trimEnd().split(','));
  const matches = (file: FileDefinition): number =>
    [...file.keys, ...perFields(file)].every((key) => header.has(key))
      ? file.columns.filter(({ name, field = name }) => header.has(field)).length
      : 0;
  const best = definition.files.reduce((a, b) => (matches(b) > matches(a) ? b : a));
  if (matches(best) > 0) return best;
  const layouts = definition.files.map(({ file, keys }) => `${file} (${keys.join(', ')}, …)`);
  throw corrupt(
    `${source} begins with "${[...header].join(',').slice(0, 80)}", which is no header of a ` +
      `${definition.name} file.`,
    `Its files, with the columns that each needs: ${layouts.join('; ')}.`,
  );
}

function checkHash(file: string, actual: readonly string[], expected: string | undefined): void {
  if (expected === undefined || actual.includes(expected.toLowerCase())) return;
  throw corrupt(`${file} has sha256 ${actual[0]}, not ${expected}. Nothing was written.`);
}

async function put(path: string, text: string): Promise<void> {
  const present = readBounded(path);
  if (present === undefined) return writeWhole(path, gzipSync(text, { level: 9 }));
  if (unpack(present, path).toString('utf8') === text) return;
  throw corrupt(
    `There is another file at ${path}. Nothing was written.`,
    'Remove it first, or leave both where they are and name yours in the manifest (file: …).',
  );
}

function pickled({ name, id, convert }: TableDefinition, file: string, form: string): ArcherError {
  return new ArcherError(
    'ARCHER_DATA_PICKLE',
    `${file} is ${form}. ${name} is published as pickles; Archer loads none, since loading a ` +
      'pickle can run any code that is in it.',
    {
      hint:
        (convert === undefined ? 'Convert it to CSV' : `Convert it once: ${convert}`) +
        `; then archer data import ${id} --file FILE.csv`,
      exit: EXIT.data,
    },
  );
}
