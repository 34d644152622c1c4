import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { tablePath } from '@archer-nas/tabular';

import { NAS_BENCH_301 } from '../src/definition.ts';

const beside = resolve(import.meta.dirname, '../../../../shared/data');

/** The folder with the real tables: `ARCHER_TEST_TABLES`, or one beside the repository. */
export const realTables = process.env.ARCHER_TEST_TABLES ?? beside;

/** Whether all files are there. */
export const hasRealTable = NAS_BENCH_301.files.every(({ file }) =>
  existsSync(join(realTables, tablePath(NAS_BENCH_301, file))),
);
