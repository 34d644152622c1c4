import { type FileHandle, open } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { sha256Hex } from '@archer-nas/core';

import { corrupt, missing } from './data-errors.ts';
import { parseTable, type Table } from './table.ts';

/** Where the table lies inside a data folder. */
export const TABLE_PATH = join('nas-bench-201', 'nb201.csv.gz');

/** Tables whose content is known. Hashes are of the CSV text, however it was compressed. */
export const KNOWN_TABLES: readonly { readonly sha256: string; readonly name: string }[] = [
  {
    sha256: '71b9736e1289ea8d841eb02e8e360f300f6797833148480ac3997914edff79c7',
    name: 'the table with all columns (nb201.csv.gz, sha256 5d76c8a8…52d9918)',
  },
  {
    sha256: '7824e4aefd2c679cf5447020e9a8a48dbcb78d2e0465d195524ba286471ffc34',
    name: 'the table that `archer data fetch nas-bench-201` makes, three test columns',
  },
];

/** Real files are 1 MB, 4.3 MB unpacked. */
const MAX_FILE_BYTES = 16 * 2 ** 20;
const MAX_TEXT_BYTES = 64 * 2 ** 20;

const GZIP_MAGIC = [0x1f, 0x8b];

/** Where a table may be, in the order of preference. */
export interface TablePlaces {
  /** A file that the user names, relative to `manifest`. */
  readonly file?: string | undefined;
  readonly folders: { readonly data: string; readonly manifest: string };
  /** A folder of tables that the environment names. */
  readonly tables?: string | undefined;
}

/** A table, where it was and what it is. */
export interface TableFile {
  readonly path: string;
  readonly table: Table;
  /** SHA-256 of the CSV text. */
  readonly hash: string;
  /** What the content is known as; undefined for a user's own file. */
  readonly known: string | undefined;
}

/** The paths that are tried: only the named file where there is one. */
export function candidates({ file, folders, tables }: TablePlaces): string[] {
  if (file !== undefined) return [isAbsolute(file) ? file : resolve(folders.manifest, file)];
  const roots = tables === undefined || tables === '' ? [folders.data] : [folders.data, tables];
  return roots.map((root) => join(root, TABLE_PATH));
}

/**
 * Reads the first table there is, gzip or plain CSV.
 *
 * @param sha256 of the file or its text; needed for a table that is not known
 * @throws ArcherError `ARCHER_DATA_MISSING` when there is none, `ARCHER_DATA_CORRUPT` when it
 * has another hash than expected or is no table
 */
export async function readTable(places: TablePlaces, sha256?: string): Promise<TableFile> {
  const paths = candidates(places);
  for (const path of paths) {
    const bytes = await readBounded(path);
    if (bytes !== undefined) return decodeTable(bytes, path, sha256);
  }
  throw missing(`There is no NAS-Bench-201 table at ${paths.join(' or ')}.`);
}

/** {@link readTable} of a file's content. */
export function decodeTable(bytes: Uint8Array, path: string, sha256?: string): TableFile {
  const text = unpack(bytes, path);
  const hash = sha256Hex(text);
  const known = KNOWN_TABLES.find((one) => one.sha256 === hash)?.name;
  checkHash({ path, known, expected: sha256?.toLowerCase(), actual: [sha256Hex(bytes), hash] });
  return { path, hash, known, table: parseTable(text.toString('utf8'), path) };
}

function checkHash(check: {
  readonly path: string;
  readonly known: string | undefined;
  readonly expected: string | undefined;
  /** Of the file, and of its text. */
  readonly actual: readonly [string, string];
}): void {
  const { path, known, expected, actual } = check;
  if (expected === undefined && known !== undefined) return;
  if (expected !== undefined && actual.includes(expected)) return;
  const wanted = expected === undefined ? 'none of the known tables' : `not ${expected}`;
  throw corrupt(
    `${path} has sha256 ${actual[0]}, which is ${wanted}.`,
    'If this is the file you mean, say so with `sha256: ' +
      `${actual[0]}\`; else remove it and run \`archer data fetch nas-bench-201\`.`,
  );
}

function unpack(bytes: Uint8Array, path: string): Buffer {
  if (!GZIP_MAGIC.every((byte, at) => bytes[at] === byte)) return Buffer.from(bytes);
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw corrupt(`${path} is no whole gzip file: ${reason}`);
  }
}

/** The file's content; undefined where there is none. */
export async function readBounded(path: string): Promise<Buffer | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw corrupt(`${path} cannot be read (${code})`);
  }
  try {
    const status = await file.stat();
    if (!status.isFile()) throw corrupt(`${path} is not a file`);
    if (status.size > MAX_FILE_BYTES) {
      throw corrupt(`${path} has ${status.size} bytes; no table is over ${MAX_FILE_BYTES}`);
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}
