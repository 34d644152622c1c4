import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { TABLE_PATH } from '../src/table-file.ts';

const beside = resolve(import.meta.dirname, '../../../../shared/data');

/** The folder with the real tables: `ARCHER_TEST_TABLES`, or one beside the repository. */
export const realTables = process.env.ARCHER_TEST_TABLES ?? beside;

/** Whether the real table is there. */
export const hasRealTable = existsSync(join(realTables, TABLE_PATH));
