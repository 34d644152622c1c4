import { type FileDefinition, RowProblem, type TableDefinition } from '@archer-nas/tabular';

import { COLUMNS } from './columns.ts';
import {
  FURTHER_SETS_COLUMNS,
  LATENCY_COLUMNS,
  MONET_COLUMNS,
  PROXY_COLUMNS,
  ZEN_COLUMNS,
} from './further-columns.ts';
import { ARCHITECTURES, archOf, officialOps } from './notation.ts';
import { PUBLIC_TABLE } from './public-table.ts';
import { TRAINING_TIME } from './training-time.ts';

const INDICES = Array.from({ length: ARCHITECTURES }, (_, index) => index);

/** The table itself: accuracies and costs. */
const table: FileDefinition = {
  file: 'nb201.csv.gz',
  keys: ['index', 'ops', 'arch'],
  key: ([index = '', ops = '', arch = '']) => {
    const expected = cellAt(index, ops);
    if (arch === expected) return arch;
    throw new RowProblem(`cell ${ops} is ${expected}, the row has "${arch}"`);
  },
  columns: COLUMNS,
  all: () =>
    INDICES.map((index) => [String(index), opsAt(String(index)), archOf(opsAt(String(index)))]),
  known: [
    {
      sha256: '71b9736e1289ea8d841eb02e8e360f300f6797833148480ac3997914edff79c7',
      name: 'the table with all columns (nb201.csv.gz, sha256 5d76c8a8…52d9918)',
    },
    {
      sha256: '7824e4aefd2c679cf5447020e9a8a48dbcb78d2e0465d195524ba286471ffc34',
      name: 'the table that `archer data fetch nas-bench-201` makes, three test columns',
    },
  ],
};

const byIndex = {
  keys: ['index'],
  key: ([index = '']: readonly string[]) => archOf(opsAt(index)),
  all: () => INDICES.map((index) => [String(index)]),
};
const byIndexAndOps = {
  keys: ['index', 'ops'],
  key: ([index = '', ops = '']: readonly string[]) => cellAt(index, ops),
};
/** Under the file's own name: published unchanged. */
const known = (file: string, sha256: string) => ({ file, known: [{ sha256, name: file }] });

const further: readonly FileDefinition[] = [
  {
    ...known(
      'nb201-latency.csv.gz',
      'cf2df35ba0c4f82a32df2b0046af4c00404f88b589f26c399aa7ec0f78582f96',
    ),
    ...byIndex,
    columns: LATENCY_COLUMNS,
  },
  {
    ...known(
      'nb201-zero-cost-full.csv.gz',
      '9c35e3edeb97cf92de25af3656d43c2c5d91e3cb60eddab50344c3268fd7e6d8',
    ),
    ...byIndex,
    columns: ZEN_COLUMNS,
  },
  {
    // Published without a licence: read from a user's folder, never passed on.
    ...known(
      'nb201-zero-cost-monet.csv.gz',
      '4fa7608ffdc7e5b22be15e605c9646fb5473d1c80c305ea5d9a208891244d575',
    ),
    ...byIndex,
    columns: MONET_COLUMNS,
  },
  {
    ...known(
      'nb201-zero-cost-13.csv.gz',
      'd5b1f39766cfd425d5312cbcb6e1bfa35f6b05177f17d407d7aa0a8b2564a0d8',
    ),
    ...byIndexAndOps,
    per: 'dataset',
    columns: PROXY_COLUMNS,
  },
  {
    ...known(
      'nb201-zero-cost-9x.csv.gz',
      '9fa9f28aa4c331e851ed8e45fd069ed931d2ae2c2c07e9cb28f81535b1035f56',
    ),
    ...byIndexAndOps,
    per: 'dataset',
    columns: FURTHER_SETS_COLUMNS,
  },
];

/** NAS-Bench-201 as a tabular benchmark. */
export const NAS_BENCH_201: TableDefinition = {
  id: 'nas-bench-201',
  name: 'NAS-Bench-201',
  source: 'Dong and Yang, ICLR 2020; NATS-Bench, TPAMI 2021; measurements MIT',
  architectures: ARCHITECTURES,
  files: [table, ...further],
  time: TRAINING_TIME,
  publicTable: PUBLIC_TABLE,
  convert: 'python3 tools/convert/nats-bench.py NATS-tss-v1_0-3ffb9-simple nb201.csv',
};

/** The six digits of an official index. */
function opsAt(index: string): string {
  const number = /^\d{1,5}$/.test(index) ? Number(index) : ARCHITECTURES;
  if (number < ARCHITECTURES) return officialOps(number);
  throw new RowProblem(`index "${index}" is not 0 to ${ARCHITECTURES - 1}`);
}

/** The architecture of an official index, once the six digits were seen to be its. */
function cellAt(index: string, ops: string): string {
  const expected = opsAt(index);
  if (ops === expected) return archOf(ops);
  throw new RowProblem(`index ${index} is cell ${expected}, the row has "${ops}"`);
}
