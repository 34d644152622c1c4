import { RowProblem, type TableColumn, type TableDefinition } from '@archer-nas/tabular';
import { CONTENT } from './content.ts';

/** Networks of NAS-Bench-201 that differ when they are trained alone. */
const NETWORKS = 5485;

/** What each cell was trained with: `experiments/bench-nb201-mini`. */
const RECIPE =
  'valid accuracy on 10,000 CIFAR-10 images of 16 × 16 pixels after 12 epochs on 10,000 others, ' +
  '8 channels, one cell per stage';

function accuracy(name: string, runs: string): TableColumn {
  return {
    name,
    split: 'valid',
    unit: '%',
    direction: 'maximise',
    description: `${RECIPE}; ${runs}`,
    training: { epochs: 12, imagesPerEpoch: 10_000, series: name },
  };
}

/** Sums of `(…)@op`; the cell's input is 0, and nothing at all is a network, too. */
const NETWORK = /^[\w()@#+]*$/;
const CELL = /^\|\w+~0\|\+\|\w+~0\|\w+~1\|\+\|\w+~0\|\w+~1\|\w+~2\|$/;

/** The table, keyed by what a cell trains to: a row is found under any encoding of its network. */
export const NB201_MINI: TableDefinition = {
  id: 'nb201-mini',
  name: 'NB201-Mini',
  source: 'trained by Archer from scratch; MIT',
  architectures: NETWORKS,
  keyedBy: 'canonical',
  files: [
    {
      file: 'nb201-mini.csv',
      keys: ['arch', 'network'],
      key: ([arch = '', network = '']) => {
        if (!CELL.test(arch)) throw new RowProblem(`"${arch}" is no cell`);
        if (!NETWORK.test(network)) throw new RowProblem(`"${network}" is no network`);
        return network;
      },
      columns: [
        accuracy('valid_12', 'mean of its one or two runs'),
        accuracy('valid_12_seed0', 'the run with seed 0'),
        accuracy('valid_12_seed1', 'the run with seed 1, of some cells'),
      ],
      known: [CONTENT],
    },
  ],
};
