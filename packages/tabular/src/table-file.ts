import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { sha256Hex } from '@archer-nas/core';

import { corrupt, missing } from './data-errors.ts';
import type { FileDefinition, TableDefinition } from './table-definition.ts';

/** Published files are up to 3 MB, 15 MB unpacked. */
const MAX_FILE_BYTES = 64 * 2 ** 20;
const MAX_TEXT_BYTES = 256 * 2 ** 20;

const GZIP_MAGIC = [0x1f, 0x8b];

/** Where a benchmark's files may be, in the order of preference. */
export interface TablePlaces {
  /** A file that the user names instead of the benchmark's first, relative to `manifest`. */
  readonly file?: string | undefined;
  readonly folders: { readonly data: string; readonly manifest: string };
  /** A folder of tables that the environment names. */
  readonly tables?: string | undefined;
  /** The folder of the files that come with the plugin: the last that is looked in. */
  readonly bundled?: string | undefined;
}

/** The text of a file, and what it is. */
export interface FileContent {
  readonly path: string;
  readonly text: string;
  /** SHA-256 of the text. */
  readonly hash: string;
  /** What the content is known as; undefined for a user's own file. */
  readonly known: string | undefined;
}

/** Where a benchmark's table lies inside a data folder. */
export function tablePath(
  { id, folder = id, files }: TableDefinition,
  file = files[0].file,
): string {
  return join(folder, file);
}

/** The paths that are tried: only the named file where there is one. */
export function candidates(
  definition: TableDefinition,
  file: FileDefinition,
  { file: named, folders, tables, bundled }: TablePlaces,
): string[] {
  if (named !== undefined && file === definition.files[0]) {
    return [isAbsolute(named) ? named : resolve(folders.manifest, named)];
  }
  const roots = tables === undefined || tables === '' ? [folders.data] : [folders.data, tables];
  const own = bundled === undefined ? [] : [join(bundled, file.file)];
  return [...roots.map((root) => join(root, tablePath(definition, file.file))), ...own];
}

/** Whether one of the paths is there. */
export function hasFile(
  definition: TableDefinition,
  file: FileDefinition,
  places: TablePlaces,
): boolean {
  return candidates(definition, file, places).some((path) => existsSync(path));
}

/**
 * Reads the first of the paths that is there, gzip or plain CSV.
 *
 * @param accepted hashes of files or texts; needed for a content that is not known. Where there
 * are any, the benchmark's first file must have one of them
 * @throws ArcherError `ARCHER_DATA_MISSING` when there is none, `ARCHER_DATA_CORRUPT` when it
 * has another hash than expected or is no file
 */
export function readTableFile(
  definition: TableDefinition,
  file: FileDefinition,
  { places, accepted = [] }: { places: TablePlaces; accepted?: readonly string[] | undefined },
): FileContent {
  const paths = candidates(definition, file, places);
  for (const path of paths) {
    const bytes = readBounded(path);
    if (bytes !== undefined) return decodeFile(definition, file, { bytes, path, accepted });
  }
  throw missing(definition, file.file, paths);
}

/** {@link readTableFile} of bytes. */
export function decodeFile(
  definition: TableDefinition,
  file: FileDefinition,
  { bytes, path, accepted }: { bytes: Uint8Array; path: string; accepted: readonly string[] },
): FileContent {
  const text = unpack(bytes, path);
  const hash = sha256Hex(text);
  const known = file.known.find((one) => one.sha256 === hash)?.name;
  const first = file === definition.files[0];
  const expected = first || known === undefined ? accepted.map((one) => one.toLowerCase()) : [];
  const actual = sha256Hex(bytes);
  if (expected.length === 0 ? known === undefined : !matches(expected, [actual, hash])) {
    throw wrongHash(definition, { path, actual, expected });
  }
  return { path, hash, known, text: text.toString('utf8') };
}

function matches(expected: readonly string[], actual: readonly string[]): boolean {
  return actual.some((one) => expected.includes(one));
}

function wrongHash(
  { id, publicTable }: TableDefinition,
  found: { readonly path: string; readonly actual: string; readonly expected: readonly string[] },
): Error {
  const { path, actual, expected } = found;
  const wanted = expected.length === 0 ? 'none of the known tables' : `not ${expected.join(', ')}`;
  const again = publicTable === undefined ? 'import' : 'fetch';
  return corrupt(
    `${path} has sha256 ${actual}, which is ${wanted}.`,
    `If this is the file you mean, say so with \`sha256: ${actual}\`; else remove it and run ` +
      `\`archer data ${again} ${id}\`.`,
  );
}

/** Bytes as text, gunzipped where they are gzip. @throws ArcherError `ARCHER_DATA_CORRUPT` */
export function unpack(bytes: Uint8Array, path: string): Buffer {
  if (!GZIP_MAGIC.every((byte, at) => bytes[at] === byte)) return Buffer.from(bytes);
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw corrupt(`${path} unpacks to more than ${MAX_TEXT_BYTES} bytes; no table does`);
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw corrupt(`${path} is no whole gzip file: ${reason}`);
  }
}

/** The file's content; undefined where there is none. @throws ArcherError for anything else */
export function readBounded(path: string): Buffer | undefined {
  let file: number;
  try {
    // Without waiting for somebody to write into a pipe.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw corrupt(`${path} cannot be read (${code})`);
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw corrupt(`${path} is not a file`);
    if (status.size > MAX_FILE_BYTES) {
      throw corrupt(`${path} has ${status.size} bytes; no table is over ${MAX_FILE_BYTES}`);
    }
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}
