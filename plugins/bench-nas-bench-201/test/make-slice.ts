import { madeUpCsv, madeUpValue } from '@archer-nas/tabular';

import { NAS_BENCH_201 } from '../src/definition.ts';
import { archOf, officialOps } from '../src/notation.ts';

const [table] = NAS_BENCH_201.files;

/** The first rows of a table in our layout, every column, with made-up values. */
export function makeSlice(rows: number): string {
  const keys = Array.from({ length: rows }, (_, index) => {
    const ops = officialOps(index);
    return [String(index), ops, archOf(ops)];
  });
  return madeUpCsv(table, keys);
}

/** The value that {@link makeSlice} gives an architecture. */
export function madeUp(index: number, name: string): number {
  const at = table.columns.findIndex((column) => column.name === name);
  const column = table.columns[at];
  if (column === undefined) throw new Error(`no column ${name}`);
  return madeUpValue(column, index, at);
}

/** The first rows of the public table's format, with made-up accuracies. */
export function makePublicSlice(rows: number): string {
  const header =
    'CIFAR10TestAccuracy200Epochs,CIFAR100TestAccuracy200Epochs,ImageNetTestAccuracy200Epochs,' +
    'ArchitectureString,UniqueString';
  const names = ['c10_test_200', 'c100_test_200', 'in16_test_200'];
  const lines = Array.from({ length: rows }, (_, index) => {
    const values = names.map((name) => madeUp(index, name) + 0.00001);
    return [...values, archOf(officialOps(index)), '#+0'].join(',');
  });
  return `${[header, ...lines].join('\n')}\n`;
}
