import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { ArcherError, EXIT, sha256Hex } from '@archer-nas/core';

import { corrupt } from './data-errors.ts';
import { download } from './download.ts';
import { convertPublicTable, isPublicTable, PUBLIC_TABLE } from './public-table.ts';
import { parseTable } from './table.ts';
import { decodeTable, KNOWN_TABLES, readBounded, TABLE_PATH } from './table-file.ts';

/** What to fetch, and where to. */
export interface FetchTableOptions {
  /** The data folder; the table becomes `<to>/nas-bench-201/nb201.csv.gz`. */
  readonly to: string;
  /** Another address than the pinned one. */
  readonly url?: string;
  /** A file on this machine instead of a download: the public table or one in our layout. */
  readonly file?: string;
  /** The hash that the download or file must have, where it is not a known one. */
  readonly sha256?: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Until the first byte, and between two pieces. */
  readonly timeoutMs?: number;
  readonly log: (line: string) => void;
}

/** The table that is there now. */
export interface FetchedTable {
  readonly path: string;
  readonly rows: number;
  /** Of the CSV text in our layout. */
  readonly hash: string;
  /** Of what was downloaded or read; undefined when a table was there already. */
  readonly source: string | undefined;
}

/** Room for gunzipping a source; the public table has 3 MB, ours 4.3 MB. */
const MAX_TEXT_BYTES = 64 * 2 ** 20;

/**
 * Puts the public table into a data folder, in our layout. A known table that is already there
 * is kept (it may have more columns). The file appears whole or not at all.
 *
 * @throws ArcherError `ARCHER_DATA_DOWNLOAD` when the server cannot be reached or refuses,
 * `ARCHER_DATA_CORRUPT` for another content than expected or another file in the place
 */
export async function fetchTable(options: FetchTableOptions): Promise<FetchedTable> {
  const path = join(options.to, TABLE_PATH);
  const present = await readBounded(path);
  if (present !== undefined) return keep(present, path, options);

  const { file, log } = options;
  const bytes = file === undefined ? await downloaded(options) : await named(file);
  const text = unpack(bytes, options).toString('utf8');
  const source = checkSource(bytes, text, options);
  const csv = isPublicTable(text) ? convertPublicTable(text) : text;
  const { rows } = parseTable(csv, 'the table');
  await writeWhole(path, gzipSync(csv, { level: 9 }));
  const hash = sha256Hex(csv);
  log(`wrote ${path}: ${rows} architectures, content sha256 ${hash}`);
  return { path, rows, hash, source };
}

function keep(bytes: Buffer, path: string, { sha256, log }: FetchTableOptions): FetchedTable {
  const { table, hash, known } = decodeTable(bytes, path, sha256);
  log(`kept ${path}: ${known ?? 'a table with the given sha256'}, ${table.rows} architectures`);
  return { path, rows: table.rows, hash, source: undefined };
}

async function downloaded(options: FetchTableOptions): Promise<Buffer> {
  const { url = PUBLIC_TABLE.url, log } = options;
  log(`downloading ${url}`);
  if (url === PUBLIC_TABLE.url) {
    log(`source: ${PUBLIC_TABLE.source}`);
    log(`licence: ${PUBLIC_TABLE.licence}`);
  }
  return download(url, options);
}

async function named(file: string): Promise<Buffer> {
  const bytes = await readBounded(file);
  if (bytes !== undefined) return bytes;
  throw new ArcherError('ARCHER_DATA_MISSING', `There is no file ${file}.`, { exit: EXIT.data });
}

function unpack(bytes: Buffer, { file, url }: FetchTableOptions): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw corrupt(`${file ?? url ?? PUBLIC_TABLE.url} is no whole gzip file: ${reason}`);
  }
}

/** The source's hash, when it is the expected one. */
function checkSource(bytes: Buffer, text: string, options: FetchTableOptions): string {
  const { file, url = PUBLIC_TABLE.url, sha256 } = options;
  const place = file ?? url;
  const actual = sha256Hex(bytes);
  const accepted = sha256 ? [sha256.toLowerCase()] : knownSources();
  if (accepted.includes(actual) || accepted.includes(sha256Hex(text))) return actual;
  if (/^\s*<(!doctype|html)/i.test(text)) {
    throw corrupt(
      `${place} is a web page, not a table.`,
      'A proxy or a log-in page may have answered; name a direct address with --url, or a file.',
    );
  }
  const size = sha256 ? '' : `; the public table has ${PUBLIC_TABLE.bytes} bytes`;
  throw corrupt(
    `${place} has sha256 ${actual} (${bytes.length} bytes), ` +
      `not ${accepted.slice(0, 1)}${size}. Nothing was written.`,
    `If you trust it, run again with --sha256 ${actual}.`,
  );
}

function knownSources(): string[] {
  return [PUBLIC_TABLE.sha256, ...KNOWN_TABLES.map((known) => known.sha256)];
}

/** Writes beside the place, then renames: readers see the old state or the whole file. */
async function writeWhole(path: string, content: Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}-${randomUUID()}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    const code = (error as NodeJS.ErrnoException).code;
    throw new ArcherError('ARCHER_DATA_UNWRITABLE', `${path} cannot be written (${code}).`, {
      hint: 'Set ARCHER_DATA or --data to a folder with space that may be written.',
      exit: EXIT.data,
      cause: error,
    });
  }
}
