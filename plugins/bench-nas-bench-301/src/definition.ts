import {
  type FileDefinition,
  type TableColumn,
  type TableDefinition,
  zeroCostColumns,
} from '@archer-nas/tabular';

import { genotypeOf } from './notation.ts';

/** Different genotypes in the three files. */
export const GENOTYPES = 12_145;

const FURTHER_SETS = [
  ['svhn', 'SVHN'],
  ['ninapro', 'NinaPro'],
  ['scifar100', 'scrambled CIFAR-100'],
] as const;

const percent = { unit: '%', direction: 'maximise' } as const;
const score = { split: 'train', unit: '1', direction: 'maximise' } as const;

const COLUMNS: readonly TableColumn[] = [
  {
    ...percent,
    name: 'val_surrogate',
    split: 'valid',
    description: "CIFAR-10 validation accuracy as NAS-Bench-301's surrogate predicts it",
  },
  // The file has one data set and no column that names it.
  ...zeroCostColumns('c10', 'CIFAR-10').map(({ where: _, ...column }) => column),
];

const SCORE_COLUMNS: readonly TableColumn[] = [
  { ...score, name: 'nwot_c10', field: 'nwot', description: 'NASWOT; CIFAR-10, untrained' },
  { ...score, name: 'zen_c10', field: 'zen', description: 'Zen score; CIFAR-10, untrained' },
];

const FURTHER_COLUMNS: readonly TableColumn[] = FURTHER_SETS.flatMap(([name, title]) => [
  ...zeroCostColumns(name, title),
  {
    ...percent,
    name: `${name}_valid`,
    field: 'val',
    where: name,
    split: 'valid',
    description: `validation accuracy after NAS-Bench-Suite-Zero's short training; ${title}`,
  },
]);

function file(
  name: string,
  sha256: string,
  rest: Pick<FileDefinition, 'columns' | 'per'>,
): FileDefinition {
  return {
    file: name,
    keys: ['arch'],
    key: ([arch = '']) => genotypeOf(arch),
    ...rest,
    known: [{ sha256, name }],
  };
}

/** What there is of NAS-Bench-301 without its surrogate models. */
export const NAS_BENCH_301: TableDefinition = {
  id: 'nas-bench-301',
  name: 'NAS-Bench-301 sample',
  source:
    'Zela et al., ICLR 2022; Krishnakumar et al., NAS-Bench-Suite-Zero, NeurIPS 2022; Apache-2.0',
  architectures: GENOTYPES,
  files: [
    file(
      'nb301-zero-cost-13.csv.gz',
      '642f685262a4fc155e7439d3b6b60e6228c1dab0daee26cda61d324ca049da81',
      { columns: COLUMNS },
    ),
    file(
      'nb301-nwot-zen.csv.gz',
      '80843027afd03193c502cd47569978c0432b884710a5c90c9ee61a210c01ecb5',
      { columns: SCORE_COLUMNS },
    ),
    file(
      'nb301-zero-cost-9x.csv.gz',
      'b5ba50ba3831bfe080ad0cc92b29d5988136309a30328b1174579a265e8eb4c8',
      { columns: FURTHER_COLUMNS, per: 'dataset' },
    ),
  ],
};
