import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { ArcherError, EXIT, sha256Hex } from '@archer-nas/core';

import { parseCsv } from './csv.ts';
import { corrupt } from './data-errors.ts';
import { download } from './download.ts';
import type { PublicTable, TableDefinition } from './table-definition.ts';
import { decodeFile, readBounded, tablePath, unpack } from './table-file.ts';
import { writeWhole } from './write-whole.ts';

/** What to fetch, and where to. */
export interface FetchTableOptions {
  /** The data folder; the table becomes `<to>/<id>/<file>`. */
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

/**
 * Puts the public table into a data folder, in our layout. A known table that is already there
 * is kept (it may have more columns). The file appears whole or not at all.
 *
 * @throws ArcherError `ARCHER_DATA_DOWNLOAD` when the server cannot be reached or refuses,
 * `ARCHER_DATA_CORRUPT` for another content than expected or another file in the place,
 * `ARCHER_DATA_NO_SOURCE` for a benchmark without a public table
 */
export async function fetchTable(
  definition: TableDefinition,
  options: FetchTableOptions,
): Promise<FetchedTable> {
  const { publicTable } = definition;
  if (publicTable === undefined) throw noSource(definition);
  const path = join(options.to, tablePath(definition));
  const present = readBounded(path);
  if (present !== undefined) return keep(definition, { bytes: present, path }, options);

  const { file, url = publicTable.url, log } = options;
  const bytes = file === undefined ? await downloaded(publicTable, options) : named(file);
  const text = unpack(bytes, file ?? url).toString('utf8');
  const source = checkSource(definition, { bytes, text, publicTable }, options);
  const csv = publicTable.recognises(text) ? publicTable.convert(text) : text;
  const rows = rowsOf(definition, csv, 'the table');
  await writeWhole(path, gzipSync(csv, { level: 9 }));
  const hash = sha256Hex(csv);
  log(`wrote ${path}: ${rows} architectures, content sha256 ${hash}`);
  return { path, rows, hash, source };
}

function keep(
  definition: TableDefinition,
  { bytes, path }: { readonly bytes: Buffer; readonly path: string },
  { sha256, log }: FetchTableOptions,
): FetchedTable {
  const accepted = sha256 === undefined ? [] : [sha256];
  const first = definition.files[0];
  const { text, hash, known } = decodeFile(definition, first, { bytes, path, accepted });
  const rows = rowsOf(definition, text, path);
  log(`kept ${path}: ${known ?? 'a table with the given sha256'}, ${rows} architectures`);
  return { path, rows, hash, source: undefined };
}

function rowsOf({ files, architectures }: TableDefinition, csv: string, source: string): number {
  return parseCsv(csv, files[0], { source, architectures }).keys.length;
}

async function downloaded(publicTable: PublicTable, options: FetchTableOptions): Promise<Buffer> {
  const { url = publicTable.url, log } = options;
  log(`downloading ${url}`);
  if (url === publicTable.url) {
    log(`source: ${publicTable.source}`);
    log(`licence: ${publicTable.licence}`);
  }
  return download(url, options);
}

/** A file's bytes. @throws ArcherError `ARCHER_DATA_MISSING` */
export function named(file: string): Buffer {
  const bytes = readBounded(file);
  if (bytes !== undefined) return bytes;
  throw new ArcherError('ARCHER_DATA_MISSING', `There is no file ${file}.`, { exit: EXIT.data });
}

/** The source's hash, when it is the expected one. */
function checkSource(
  { files }: TableDefinition,
  found: { readonly bytes: Buffer; readonly text: string; readonly publicTable: PublicTable },
  options: FetchTableOptions,
): string {
  const { bytes, text, publicTable } = found;
  const { file, url = publicTable.url, sha256 } = options;
  const place = file ?? url;
  const actual = sha256Hex(bytes);
  const known = [publicTable.sha256, ...files[0].known.map((one) => one.sha256)];
  const accepted = sha256 ? [sha256.toLowerCase()] : known;
  if (accepted.includes(actual) || accepted.includes(sha256Hex(text))) return actual;
  if (/^\s*<(!doctype|html)/i.test(text)) {
    throw corrupt(
      `${place} is a web page, not a table.`,
      'A proxy or a log-in page may have answered; name a direct address with --url, or a file.',
    );
  }
  const size = sha256 ? '' : `; the public table has ${publicTable.bytes} bytes`;
  throw corrupt(
    `${place} has sha256 ${actual} (${bytes.length} bytes), ` +
      `not ${accepted.slice(0, 1)}${size}. Nothing was written.`,
    `If you trust it, run again with --sha256 ${actual}.`,
  );
}

function noSource({ id, name, files }: TableDefinition): ArcherError {
  return new ArcherError(
    'ARCHER_DATA_NO_SOURCE',
    `There is no public table of ${name} that Archer could fetch.`,
    {
      hint:
        `A CSV file in the layout of ${files[0].file} is put in place by ` +
        `\`archer data import ${id} --file FILE\`; the benchmark's page describes the columns.`,
      exit: EXIT.data,
    },
  );
}
