import { ArcherError, type Benchmark, EXIT } from '@archer-nas/core';

import { rowFinder, type TableSpace } from './row-finder.ts';
import type { Table } from './table.ts';
import type { TableColumn } from './table-definition.ts';
import { tableEvaluator } from './table-evaluator.ts';

/** What a table is read for. */
export interface BenchmarkUse<A> {
  /** The column to read unless another is named. */
  readonly column: string;
  /** A search is refused `test` columns. */
  readonly purpose: 'search' | 'study';
  /** Lets a search read test columns of a benchmark that has no validation accuracy. */
  readonly permit?: 'test-column' | undefined;
  readonly space: TableSpace<A>;
}

/** Whether a table has no validation accuracy, of a benchmark that was published so. */
function isTestOnly({ definition, columns }: Table): boolean {
  return definition.testOnly === true && columns.every(({ split }) => split !== 'valid');
}

/**
 * A table as a benchmark.
 *
 * @throws ArcherError `ARCHER_BENCH_COLUMN` when the table lacks the column,
 * `ARCHER_TEST_WITHHELD` when a search asks for a test column
 */
export function tableBenchmark<A>(table: Table, use: BenchmarkUse<A>): Benchmark<A> {
  const { definition } = table;
  const { name: title } = definition;
  const readable = ({ split }: TableColumn): boolean =>
    split !== 'test' ||
    use.purpose === 'study' ||
    (use.permit === 'test-column' && isTestOnly(table));
  const find = (name: string): TableColumn => {
    // Refused before its file is read, and also where that file is not there.
    const column = definition.files
      .flatMap(({ columns }) => columns)
      .find((one) => one.name === name);
    if (column !== undefined && !readable(column)) throw withheld(table, name);
    return table.column(name);
  };
  const column = find(use.column);
  const columns = table.columns.filter(readable);
  const row = rowFinder(use.space, table, definition.keyedBy);
  const { format } = use.space;
  const read = (a: A, name: string): number => table.values(find(name).name)[row(a)] ?? Number.NaN;
  return {
    name: title,
    columns,
    column,
    get hash() {
      return table.hash;
    },
    description:
      `${title} (${definition.source}): ` +
      `${table.rows} of ${definition.architectures} architectures, ` +
      `${column.name}: ${column.description}; ` +
      `${table.known ?? "a user's own table"}, content sha256 ${table.hash}`,
    has: (a, name = column.name) => !Number.isNaN(read(a, name)),
    value(a, name = column.name) {
      const value = read(a, name);
      if (!Number.isNaN(value)) return value;
      throw new ArcherError(
        'ARCHER_BENCH_NO_VALUE',
        `The ${title} table has no ${name} of ${format(a)}.`,
      );
    },
    evaluator: (also = []) =>
      tableEvaluator({ table, columns, column, also: also.map(find), row, format }),
  };
}

function withheld(table: Table, name: string): ArcherError {
  const { name: title } = table.definition;
  const valid = table.columns.find(({ split }) => split === 'valid')?.name ?? 'another column';
  const hint = isTestOnly(table)
    ? `${title} has no validation accuracies. A search on test accuracy says so in the ` +
      "benchmark's block: permit: test-column."
    : `Search on ${valid}, and report the test column in a study.`;
  return new ArcherError(
    'ARCHER_TEST_WITHHELD',
    `"${name}" is a test column of ${title}; a search may not read it.`,
    { hint, exit: EXIT.manifest },
  );
}
