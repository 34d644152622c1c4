import {
  type FileDefinition,
  RowProblem,
  recordedTime,
  type TableColumn,
  type TableDefinition,
  type TimeModel,
} from '@archer-nas/tabular';

import { costModel } from './costs.ts';
import { ARCHITECTURES, byIndex, formatSizes, parseSizes } from './sizes.ts';

const SETS = [
  { set: 'c10', title: 'CIFAR-10', images: 50_000, image: 32, classes: 10 },
  { set: 'c100', title: 'CIFAR-100', images: 50_000, image: 32, classes: 100 },
  { set: 'in16', title: 'ImageNet16-120', images: 151_700, image: 16, classes: 120 },
] as const;

/** What was trained on what; the half of CIFAR-10 leaves a validation set. */
const HALF = { title: 'CIFAR-10, 25,000-image half', images: 25_000 };
const [C10, C100, IN16] = SETS;
const SERIES = [
  ['c10_valid', 'valid', HALF],
  ['c10h_test', 'test', HALF],
  ['c10_test', 'test', C10],
  ['c100_valid', 'valid', C100],
  ['c100_test', 'test', C100],
  ['in16_valid', 'valid', IN16],
  ['in16_test', 'test', IN16],
] as const;

/** The published table has the test accuracies at 90 epochs; converted official files have all. */
const accuracies = [90, 12, 1].flatMap((epochs) =>
  SERIES.map(
    ([series, split, { title, images }]): TableColumn => ({
      name: `${series}_${epochs}`,
      split,
      unit: '%',
      direction: 'maximise',
      description:
        `${split} accuracy on ${title}, ${epochs} epochs, ` +
        (epochs === 12 ? 'mean of up to three runs' : 'one run (seed 777)'),
      training: { epochs, imagesPerEpoch: images, series },
    }),
  ),
);
const cost = (name: string, unit: string, description: string): TableColumn => ({
  name,
  unit,
  description,
  split: 'cost',
  direction: 'minimise',
});
const params = SETS.map(({ set, title }) =>
  cost(`params_${set}`, 'count', `trainable parameters with the ${title} classifier`),
);
const flops = SETS.map(({ set, image }) =>
  cost(`flops_${set}`, 'multiply-adds', `convolutions and classifier, one ${image}×${image} image`),
);

const seconds = [{ set: 'c10h', title: HALF.title }, ...SETS].map(({ set, title }) =>
  cost(`seconds_per_epoch_${set}`, 's', `recorded training time of an epoch, ${title}`),
);

const table: FileDefinition = {
  file: 'sss.csv.gz',
  keys: ['index', 'channels'],
  key: ([index = '', channels = '']) => {
    const expected = sizesAt(index);
    if (channels === expected) return channels;
    throw new RowProblem(`index ${index} is ${expected}, the row has "${channels}"`);
  },
  columns: [...accuracies, ...params, ...flops, ...seconds],
  all: () =>
    Array.from({ length: ARCHITECTURES }, (_, index) => [
      String(index),
      formatSizes(byIndex(index)),
    ]),
  known: [
    {
      sha256: 'c00b714aca3bc51dea7770a7c2355a138d10a1ed5085ef6711fd8d17f535941a',
      name: 'the table of all 32,768 (sss.csv.gz)',
    },
  ],
};

/** Published without a licence: read from a user's folder, never passed on. */
const naswot: FileDefinition = {
  file: 'sss-zero-cost-monet.csv.gz',
  keys: ['index'],
  key: ([index = '']) => sizesAt(index),
  columns: SETS.map(({ set, title }) => ({
    name: `naswot_${set}`,
    split: 'train',
    unit: '1',
    direction: 'maximise',
    description: `NASWOT, log determinant, on ${title}; untrained network`,
  })),
  known: [
    {
      sha256: '1ed5341fa26e62c66acd0996f2da11172e37a8a2a79a9c9f15e842b94071725d',
      name: 'sss-zero-cost-monet.csv.gz',
    },
  ],
};

/**
 * Microseconds per training image at 0 multiply-adds, and per million: least-squares lines
 * through the official records of three networks, for 32×32 images (CIFAR-10 and CIFAR-100) and
 * for 16×16. They miss the records by up to 2.9 % and 5.7 %.
 */
const LINES: Readonly<Record<string, readonly [base: number, perMillion: number]>> = {
  c10: [100.565, 1.01667],
  c100: [100.565, 1.01667],
  in16: [65.29, 2.55713],
};

const simulated: TimeModel = {
  kind: 'simulated',
  description:
    'lines in the multiply-adds through the official records of three networks, ' +
    'off by up to 5.7 % there',
  of(rows, { name, training }) {
    const { epochs = 0, imagesPerEpoch = 0 } = training ?? {};
    const task = SETS.find(({ set }) => name.startsWith(`${set}_`)) ?? C10;
    const [base, perMillion] = LINES[task.set] ?? [0, 0];
    const { of } = costModel(task);
    const seconds = new Float64Array(ARCHITECTURES); // 0: not computed yet
    return (row) => {
      if (seconds[row] === 0) {
        const { macs = 0 } = of(parseSizes(rows.key(row)));
        seconds[row] = epochs * imagesPerEpoch * (base + (perMillion * macs) / 1e6) * 1e-6;
      }
      return seconds[row] ?? Number.NaN;
    };
  },
};

/** As the official files record it, in tables that were converted from them. */
const recorded = recordedTime(
  seconds.map(({ name }) => name),
  ({ name }) => {
    const set = /^c10_valid|^c10h_/.test(name) ? 'c10h' : name.slice(0, name.indexOf('_'));
    return `seconds_per_epoch_${set}`;
  },
);

/** The size space of NATS-Bench as a tabular benchmark. */
export const NATS_SIZE: TableDefinition = {
  id: 'nats-size',
  folder: 'nats-bench-sss',
  name: 'NATS-Bench (size space)',
  source: 'Dong et al., TPAMI 2021; measurements MIT',
  architectures: ARCHITECTURES,
  files: [table, naswot],
  time: [recorded, simulated],
  testOnly: true,
  convert: 'python3 tools/convert/nats-bench.py NATS-sss-v1_0-50262-simple sss.csv',
};

function sizesAt(index: string): string {
  const number = /^\d{1,5}$/.test(index) ? Number(index) : ARCHITECTURES;
  if (number < ARCHITECTURES) return formatSizes(byIndex(number));
  throw new RowProblem(`index "${index}" is not 0 to ${ARCHITECTURES - 1}`);
}
