import { ArcherError, EXIT, sha256Hex } from '@archer-nas/core';

import { perFields, rangeOf } from './csv.ts';
import { createTable, type Table } from './table.ts';
import type { FileDefinition, TableColumn, TableDefinition } from './table-definition.ts';

/** Multiplier and increment of a small congruential generator; any would do. */
const [MIX_ROW, MIX_COLUMN, MODULUS] = [7919, 104_729, 840_001];

/**
 * A value for tests and rehearsals, never a result: different between rows and columns, four
 * decimals, inside the column's range.
 *
 * @param row position in the file, from 0
 * @param at position of the column in the file's definition, from 0
 */
export function madeUpValue(column: TableColumn, row: number, at: number): number {
  const share = ((row * MIX_ROW + at * MIX_COLUMN) % MODULUS) / MODULUS;
  const [least, most] = rangeOf(column);
  if (column.unit === '%') return Number((10 + 84 * share).toFixed(4));
  if (column.split === 'cost') return Math.floor(1 + 999_999 * share);
  const [low, high] = most - least < Number.MAX_VALUE ? [least, most] : [0, 1];
  return Number((low + (high - low) * share).toFixed(4));
}

/**
 * A file of a benchmark with made-up values: every column, one line per architecture (one per
 * value of `per` where the file has that). Deterministic.
 *
 * @param rows the fields under the file's `keys`, per architecture
 */
export function madeUpCsv(file: FileDefinition, rows: readonly (readonly string[])[]): string {
  const { keys, columns } = file;
  const groups = [...new Set(columns.map(({ where }) => where))];
  const fields = [...new Set(columns.map(({ name, field = name }) => field))];
  const header = [...perFields(file), ...keys, ...fields];
  const lines = groups.flatMap((group) =>
    rows.map((row, index) => {
      const values = fields.map((field) => {
        const at = columns.findIndex(
          ({ name, field: own = name, where }) => own === field && where === group,
        );
        const column = columns[at];
        return column === undefined ? '' : madeUpValue(column, index, at);
      });
      return [...(group?.split(' ') ?? []), ...row, ...values].join(',');
    }),
  );
  return `${[header.join(','), ...lines].join('\n')}\n`;
}

/**
 * A benchmark's whole table with made-up values, for rehearsals where no table is.
 *
 * @throws ArcherError `ARCHER_BENCH_MADE_UP` where a file does not say which architectures it has
 */
export function madeUpTable(definition: TableDefinition): Table {
  return createTable(definition, {
    has: (file) => file.all !== undefined,
    read: (file) => {
      if (file.all === undefined) throw noList(definition, file);
      const text = madeUpCsv(file, file.all());
      return { path: file.file, text, hash: sha256Hex(text), known: 'made-up values, no result' };
    },
  });
}

function noList({ name }: TableDefinition, { file }: FileDefinition): ArcherError {
  return new ArcherError('ARCHER_BENCH_MADE_UP', `${name} has no made-up values of ${file}.`, {
    hint: 'Ask for columns of another file, or for values: measured.',
    exit: EXIT.manifest,
  });
}
