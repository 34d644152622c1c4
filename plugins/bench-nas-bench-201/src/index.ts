import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

import { tableBenchmark } from './benchmark.ts';
import { fetchTable } from './fetch-table.ts';
import { readTable } from './table-file.ts';

const options = z.strictObject({
  column: z.string().default('c10_test_200').describe('The column that is the truth.'),
  file: z
    .string()
    .min(1)
    .optional()
    .describe('A table file, relative to the manifest; otherwise the data folder has it.'),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/)
    .optional()
    .describe('What the file must hash to; needed for a table that is not a published one.'),
});

const plugin = definePlugin({
  id: 'bench-nas-bench-201',
  kind: 'benchmark',
  summary: 'The NAS-Bench-201 tables: accuracies of all 15,625 cells on three data sets.',
  options,
  requires: ['space', 'notation:nas-bench-201'],
  create: async ({ column, file, sha256 }, { space, purpose, folders }) => {
    const places = { file, folders, tables: process.env.ARCHER_TABLES };
    return tableBenchmark(await readTable(places, sha256), { column, purpose, space });
  },
  async fetch({ folder, ...source }) {
    const { path, rows, hash } = await fetchTable({ to: folder, ...source });
    return `${path}: ${rows} architectures, sha256 ${hash}`;
  },
});

export default plugin;
export { type BenchmarkUse, tableBenchmark } from './benchmark.ts';
export { COLUMNS, type TableColumn } from './columns.ts';
export { type FetchedTable, type FetchTableOptions, fetchTable } from './fetch-table.ts';
export { PUBLIC_TABLE } from './public-table.ts';
export { parseTable, type Table } from './table.ts';
export { readTable, TABLE_PATH, type TableFile, type TablePlaces } from './table-file.ts';
