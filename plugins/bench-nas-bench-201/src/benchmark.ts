import { ArcherError, type Benchmark, EXIT, type SearchSpace, suggestion } from '@archer-nas/core';

import { COLUMNS, type TableColumn } from './columns.ts';
import { ARCHITECTURES } from './notation.ts';
import { tableEvaluator } from './table-evaluator.ts';
import type { TableFile } from './table-file.ts';

const NAME = 'NAS-Bench-201';

/** What a table is read for. */
export interface BenchmarkUse<A> {
  /** The column to read unless another is named. */
  readonly column: string;
  /** A search is refused `test` columns. */
  readonly purpose: 'search' | 'study';
  /** How architectures are written; rows are found by this string. */
  readonly space: Pick<SearchSpace<A>, 'format'>;
}

/**
 * A table as a benchmark.
 *
 * @throws ArcherError `ARCHER_BENCH_COLUMN` when the table lacks the column,
 * `ARCHER_TEST_WITHHELD` when a search asks for a test column
 */
export function tableBenchmark<A>(file: TableFile, use: BenchmarkUse<A>): Benchmark<A> {
  const { table, hash } = file;
  const find = (name: string): TableColumn => findColumn(table.columns, name, use.purpose);
  const column = find(use.column);
  const columns = table.columns.filter(({ split }) => allowed(split, use.purpose));
  const format = (a: A): string => use.space.format(a);
  return {
    name: NAME,
    columns,
    column,
    hash,
    description:
      `${NAME} (Dong and Yang, ICLR 2020; NATS-Bench, TPAMI 2021; measurements MIT): ` +
      `${table.rows} of ${ARCHITECTURES} architectures, ${column.name}: ${column.description}; ` +
      `${file.known ?? "a user's own table"}, content sha256 ${hash}`,
    value(a, name = column.name) {
      const values = table.values.get(find(name).name);
      const arch = format(a);
      const value = values?.[table.rowOf.get(arch) ?? -1];
      if (value !== undefined && !Number.isNaN(value)) return value;
      throw new ArcherError(
        'ARCHER_BENCH_NO_VALUE',
        `The ${NAME} table has no ${name} of ${arch}.`,
      );
    },
    evaluator: () => tableEvaluator({ table, columns, column, format }),
  };
}

function allowed(split: TableColumn['split'], purpose: BenchmarkUse<never>['purpose']): boolean {
  return purpose === 'study' || split !== 'test';
}

function findColumn(
  columns: readonly TableColumn[],
  name: string,
  purpose: BenchmarkUse<never>['purpose'],
): TableColumn {
  const column = columns.find((one) => one.name === name);
  if (column === undefined) throw noColumn(columns, name);
  if (allowed(column.split, purpose)) return column;
  throw new ArcherError(
    'ARCHER_TEST_WITHHELD',
    `"${name}" is a test column of ${NAME}; a search may not read it.`,
    {
      hint: 'Search on c10_valid_200, and report the test column in a study.',
      exit: EXIT.manifest,
    },
  );
}

function noColumn(columns: readonly TableColumn[], name: string): ArcherError {
  const names = columns.map((column) => column.name);
  const elsewhere = COLUMNS.some((column) => column.name === name);
  const problem = elsewhere
    ? `This ${NAME} table has no column "${name}", though others do`
    : `${NAME} has no column "${name}"`;
  return new ArcherError('ARCHER_BENCH_COLUMN', `${problem}.`, {
    hint: elsewhere ? `It has ${names.join(', ')}.` : suggestion(name, names),
    exit: EXIT.manifest,
  });
}
