import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { tablePath } from '@archer-nas/tabular';

import { NAS_BENCH_101 } from '../src/definition.ts';

const beside = resolve(import.meta.dirname, '../../../../shared/data');

/** The folder with the real tables: `ARCHER_TEST_TABLES`, or one beside the repository. */
export const realTables = process.env.ARCHER_TEST_TABLES ?? beside;

const path = (file: string): string => join(realTables, tablePath(NAS_BENCH_101, file));

/** Whether all files are there. */
export const hasRealTable = NAS_BENCH_101.files.every(({ file }) => existsSync(path(file)));

/** The lines of a file as fields, without the header. */
export function realLines(file: string): string[][] {
  const text = gunzipSync(readFileSync(path(file))).toString('utf8');
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
}
