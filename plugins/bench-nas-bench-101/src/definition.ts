import {
  type FileDefinition,
  RowProblem,
  type TableColumn,
  type TableDefinition,
} from '@archer-nas/tabular';

import { parseCell } from './cell.ts';
import {
  DEVICE_COLUMNS,
  FIVE_VERTICES_COLUMNS,
  FOUR_VERTICES_COLUMNS,
  SAMPLE_COLUMNS,
  ZERO_COST_COLUMNS,
} from './columns.ts';
import { hashes } from './graph-hash.ts';

/** Distinct networks of the whole benchmark. */
export const NETWORKS = 423_624;

const hashOf = hashes();

/** The hash is the key. Graphs are not hashed again: that takes 2 s for the sample. */
function file(
  name: string,
  sha256: string,
  columns: readonly TableColumn[],
  per?: readonly string[],
): FileDefinition {
  return {
    file: name,
    keys: ['hash'],
    key: ([hash = '']) => {
      if (/^[0-9a-f]{32}$/.test(hash)) return hash;
      throw new RowProblem(`"${hash}" is no MD5 of a graph`);
    },
    columns,
    ...(per === undefined ? {} : { per }),
    known: [{ sha256, name }],
  };
}

/** NAS-Bench-101 as far as it is published in small files, keyed by the graph's hash. */
export const NAS_BENCH_101: TableDefinition = {
  id: 'nas-bench-101',
  name: 'NAS-Bench-101',
  source: 'Ying et al., ICML 2019, Apache-2.0; EC-NAS, Bakhtiarifard et al., ICASSP 2024, MIT',
  architectures: NETWORKS,
  // Not `canonical`, for spaces of such cells have forms of their own: NAS-Bench-1Shot1's.
  keyedBy: (notation) => hashOf(parseCell(notation)),
  files: [
    file(
      'nb101-20k.csv.gz',
      '0ab30336136f2ae281790b61e3b542af78b60488964e10d79ffe7b4fdcd8fc00',
      SAMPLE_COLUMNS,
    ),
    file(
      'nb101-zero-cost-500.csv.gz',
      '1580a90bfe7bf51318ae14ab2e3ab9b4e6631e11451f648760e44a9c6af37fd6',
      ZERO_COST_COLUMNS,
    ),
    file(
      'ec-nas-4v.csv.gz',
      'ea00ef5f74efbb1a13db6c9d0870df087d5afba354bb0c2f94be9d58da038630',
      FOUR_VERTICES_COLUMNS,
      ['epochs', 'run'],
    ),
    file(
      'ec-nas-5v-4epochs.csv.gz',
      '3ce2d9f042eebb3f90de66505e31e31948ca229ca54fb7f9cdf20255bc83627f',
      FIVE_VERTICES_COLUMNS,
      ['epochs', 'run'],
    ),
    file(
      'ec-nas-4v-devices.csv.gz',
      'b1824046deb73555198a3de0ae0a3194b2e53da0bb9895c87c6c9c8126451c1a',
      DEVICE_COLUMNS,
      ['device', 'epochs'],
    ),
  ],
  time: {
    kind: 'recorded',
    description: 'of the training with 108 epochs; shorter ones in proportion',
    of(table, { training, name }) {
      // The clock of the sample; EC-NAS's own times are columns.
      if (!name.startsWith('valid_')) return () => Number.NaN;
      const share = (training?.epochs ?? Number.NaN) / 108;
      const seconds = table.values('train_time_108_s');
      return (row) => share * (seconds[row] ?? Number.NaN);
    },
  },
};
