import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { tablePath } from '@archer-nas/tabular';

import { MACRO, MICRO } from '../src/definition.ts';

const beside = resolve(import.meta.dirname, '../../../../shared/data');

/** The folder with the real tables: `ARCHER_TEST_TABLES`, or one beside the repository. */
export const realTables = process.env.ARCHER_TEST_TABLES ?? beside;

const path = (file: string): string => join(realTables, tablePath(MICRO, file));

/** Whether all files are there. */
export const hasRealTable = [...MICRO.files, ...MACRO.files].every(({ file }) =>
  existsSync(path(file)),
);

/** The lines of a file by header name. */
export function realLines(file: string): Record<string, string>[] {
  const text = gunzipSync(readFileSync(path(file)))
    .toString('utf8')
    .trimEnd();
  const [header = [], ...lines] = text.split('\n').map((line) => line.split(','));
  return lines.map((line) => Object.fromEntries(header.map((name, at) => [name, line[at] ?? ''])));
}
