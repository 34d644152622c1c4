import { type FileDefinition, RowProblem, type TableDefinition } from '@archer-nas/tabular';

import { COLUMNS } from './columns.ts';
import { ARCHITECTURES, archOf, officialOps } from './notation.ts';
import { PUBLIC_TABLE } from './public-table.ts';
import { TRAINING_TIME } from './training-time.ts';

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

/** NAS-Bench-201 as a tabular benchmark. */
export const NAS_BENCH_201: TableDefinition = {
  id: 'nas-bench-201',
  name: 'NAS-Bench-201',
  source: 'Dong and Yang, ICLR 2020; NATS-Bench, TPAMI 2021; measurements MIT',
  architectures: ARCHITECTURES,
  files: [table],
  time: TRAINING_TIME,
  publicTable: PUBLIC_TABLE,
};

/** The architecture of an official index, once the six digits were seen to be its. */
function cellAt(index: string, ops: string): string {
  const number = /^\d{1,5}$/.test(index) ? Number(index) : ARCHITECTURES;
  if (number >= ARCHITECTURES) {
    throw new RowProblem(`index "${index}" is not 0 to ${ARCHITECTURES - 1}`);
  }
  const expected = officialOps(number);
  if (ops === expected) return archOf(ops);
  throw new RowProblem(`index ${index} is cell ${expected}, the row has "${ops}"`);
}
