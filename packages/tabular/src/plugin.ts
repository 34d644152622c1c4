import { fileURLToPath } from 'node:url';
import { definePlugin, type Plugin } from '@archer-nas/core';
import { z } from 'zod';

import { tableBenchmark } from './benchmark.ts';
import { fetchTable } from './fetch-table.ts';
import { importTable } from './import-table.ts';
import { madeUpTable } from './made-up.ts';
import { openTable } from './table.ts';
import type { TableDefinition } from './table-definition.ts';

/** A benchmark plugin, as data. */
export interface TablePlugin {
  readonly definition: TableDefinition;
  /** One sentence for `archer list`. */
  readonly summary: string;
  /** The column that is read unless the manifest names another. */
  readonly column: string;
  /** What the space must provide; `notation:<id of the definition>` unless stated. */
  readonly requires?: readonly string[];
  /** The folder of files that the package itself has, used where no data folder has them. */
  readonly bundled?: URL;
}

const PERMIT = 'Without it a search reads no test accuracies; the benchmark has no others.';

const hex = z.string().regex(/^[0-9a-fA-F]{64}$/);

/**
 * The plugin `bench-<id>` of a table: options `column`, `file`, `sha256` and, where there are only
 * test accuracies, `permit`; `archer data fetch` where the table has a public source.
 */
export function tablePlugin(about: TablePlugin): Plugin {
  const { definition, summary, column, requires } = about;
  const bundled = about.bundled && fileURLToPath(about.bundled);
  const common = {
    column: z.string().default(column).describe('The column to read, e.g. as truth.'),
    file: z
      .string()
      .min(1)
      .optional()
      .describe('A table file, relative to the manifest; otherwise the data folder has it.'),
    sha256: z
      .union([hex, z.array(hex).min(1)])
      .optional()
      .describe('What the file must hash to; without it, it must be a published one.'),
    values: z
      .enum(['measured', 'made-up'])
      .default('measured')
      .describe('made-up: for rehearsals without the table, never a result.'),
  };
  const permit = z.literal('test-column').optional().describe(PERMIT);
  const all = z.strictObject({ ...common, permit });
  // Where there are validation accuracies, no manifest can permit more: `permit` stays undefined.
  const options = definition.testOnly ? all : (z.strictObject(common) as typeof all);
  const plugin = definePlugin({
    id: `bench-${definition.id}`,
    kind: 'benchmark',
    summary,
    options,
    requires: ['space', ...(requires ?? [`notation:${definition.id}`])],
    create: async ({ column, file, sha256 = [], permit, values }, { space, purpose, folders }) => {
      const places = { file, folders, tables: process.env.ARCHER_TABLES, bundled };
      const table =
        values === 'made-up'
          ? madeUpTable(definition)
          : openTable(definition, places, [sha256].flat());
      return tableBenchmark(table, { column, purpose, space, permit });
    },
    async fetch({ folder, ...source }) {
      const { path, rows, hash } = await fetchTable(definition, { to: folder, ...source });
      return `${path}: ${rows} architectures, sha256 ${hash}`;
    },
    async import({ folder, ...source }) {
      const { path, rows, hash } = await importTable(definition, { to: folder, ...source });
      return `${path}: ${rows} architectures, sha256 ${hash}`;
    },
  });
  return plugin as unknown as Plugin;
}
