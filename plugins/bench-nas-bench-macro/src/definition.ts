import type { FileDefinition, TableColumn, TableDefinition } from '@archer-nas/tabular';
import { RowProblem } from '@archer-nas/tabular';

import { ARCHITECTURES, LAYERS } from './chain.ts';

function accuracy(name: string, description: string): TableColumn {
  return {
    name,
    split: 'test',
    unit: '%',
    direction: 'maximise',
    description: `${description}: best test accuracy on CIFAR-10 within 50 epochs`,
    training: { epochs: 50, imagesPerEpoch: 50_000, series: name },
  };
}

function cost(name: string, unit: string, description: string): TableColumn {
  return { name, split: 'cost', unit, direction: 'minimise', description };
}

const table: FileDefinition = {
  file: 'macro.csv.gz',
  keys: ['arch'],
  key: ([arch = '']) => {
    if (/^[012]{8}$/.test(arch)) return arch;
    throw new RowProblem(`"${arch}" is not eight digits from 0 to 2`);
  },
  columns: [
    accuracy('test_1', 'first run'),
    accuracy('test_2', 'second run'),
    accuracy('test_3', 'third run'),
    accuracy('test_mean', 'mean of three runs'),
    cost('params', 'count', 'trainable parameters'),
    cost('flops', 'multiply-adds', 'one 32×32 image'),
  ],
  all: () =>
    Array.from({ length: ARCHITECTURES }, (_, index) => [index.toString(3).padStart(LAYERS, '0')]),
  known: [
    {
      sha256: 'dadbc274336d99a151231bffecef08959af4a8150d174b1d4523f203a85a66a4',
      name: 'the table of all 6,561 (macro.csv.gz)',
    },
  ],
};

/** NAS-Bench-Macro as a tabular benchmark. */
export const NAS_BENCH_MACRO: TableDefinition = {
  id: 'nas-bench-macro',
  name: 'NAS-Bench-Macro',
  source: 'Su et al., CVPR 2021; Apache-2.0',
  architectures: ARCHITECTURES,
  files: [table],
  testOnly: true,
};
