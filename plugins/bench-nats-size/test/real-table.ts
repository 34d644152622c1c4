import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { openTable, type Table, tablePath } from '@archer-nas/tabular';

import { NATS_SIZE } from '../src/definition.ts';

const beside = resolve(import.meta.dirname, '../../../../shared/data');

/** The folder with the real tables: `ARCHER_TEST_TABLES`, or one beside the repository. */
const realTables = process.env.ARCHER_TEST_TABLES ?? beside;

/** Whether the real table is there. */
export const hasRealTable = hasFile();

/** Whether a file of the benchmark is there. */
export function hasFile(file?: string): boolean {
  return existsSync(join(realTables, tablePath(NATS_SIZE, file)));
}

/** The real table. */
export function realTable(): Table {
  return openTable(NATS_SIZE, { folders: { data: realTables, manifest: '.' } });
}
