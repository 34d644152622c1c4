import { COLUMNS } from '../src/columns.ts';
import { archOf, convolutions, officialOps } from '../src/notation.ts';

/** A made-up accuracy that differs between architectures and columns, with four decimals. */
export function fakeAccuracy(index: number, column: number): number {
  return Number((10 + ((index * 7919 + column * 104_729) % 840_001) / 10_000).toFixed(4));
}

/** The first rows of a table in our layout, every column, with made-up accuracies. */
export function makeSlice(rows: number): string {
  const header = ['index', 'ops', 'arch', ...COLUMNS.map(({ name }) => name)];
  const lines = Array.from({ length: rows }, (_, index) => {
    const ops = officialOps(index);
    const values = COLUMNS.map(({ split }, column) =>
      split === 'cost' ? fakeCost(ops, column) : fakeAccuracy(index, column),
    );
    return [index, ops, archOf(ops), ...values].join(',');
  });
  return `${[header.join(','), ...lines].join('\n')}\n`;
}

/** The first rows of the public table's format, with made-up accuracies. */
export function makePublicSlice(rows: number): string {
  const header =
    'CIFAR10TestAccuracy200Epochs,CIFAR100TestAccuracy200Epochs,ImageNetTestAccuracy200Epochs,' +
    'ArchitectureString,UniqueString';
  const lines = Array.from({ length: rows }, (_, index) => {
    const values = [0, 1, 2].map((column) => fakeAccuracy(index, column) + 0.00001);
    return [...values, archOf(officialOps(index)), '#+0'].join(',');
  });
  return `${[header, ...lines].join('\n')}\n`;
}

function fakeCost(ops: string, column: number): number {
  const { conv1x1, conv3x3 } = convolutions(ops);
  return 1_000 * column + conv1x1 + 9 * conv3x3;
}
