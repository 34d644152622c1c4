import { type TableColumn, zeroCostColumns } from '@archer-nas/tabular';

/** Trainings of the benchmark; each is a run of its own, annealed within its epochs. */
const EPOCHS = [4, 12, 36, 108];
/** CIFAR-10 without 10,000 images for validation. */
const TRAINING_IMAGES = 40_000;
const RUNS = [1, 2, 3];
/** GPUs on which EC-NAS measured all architectures with up to four vertices. */
const DEVICES = ['quadro-rtx-6000', 'rtx-3090', 'titan-xp', 'rtx-3060'];

const fraction = { unit: 'fraction', direction: 'maximise', range: [0, 1] } as const;
const cost = { split: 'cost', direction: 'minimise' } as const;

function accuracy(name: string, split: 'train' | 'valid' | 'test', epochs: number, note: string) {
  return {
    ...fraction,
    name,
    split,
    description: `${split} accuracy on CIFAR-10, ${epochs} epochs; ${note}`,
    training: { epochs, imagesPerEpoch: TRAINING_IMAGES, series: name.replace(`_${epochs}`, '') },
  };
}

/** Of the sample: one of the three runs that the full table has. */
export const SAMPLE_COLUMNS: readonly TableColumn[] = [
  ...EPOCHS.map((epochs) => accuracy(`valid_${epochs}`, 'valid', epochs, 'a single run')),
  { ...cost, name: 'params', unit: 'count', description: 'trainable parameters' },
  {
    ...cost,
    name: 'train_time_108_s',
    unit: 's',
    description: 'recorded time of the training with 108 epochs on a TPU',
  },
];

/** Of 500 other architectures. */
export const ZERO_COST_COLUMNS: readonly TableColumn[] = [
  ...zeroCostColumns('c10', 'CIFAR-10').map(({ where: _, ...column }) => column),
  {
    name: 'zc_valid_108',
    field: 'valid_108',
    split: 'valid',
    unit: '%',
    direction: 'maximise',
    description: 'validation accuracy on CIFAR-10, 108 epochs, as NAS-Bench-Suite-Zero has it',
  },
];

/** What EC-NAS recorded of a training. */
function energyColumns(
  prefix: string,
  where: string,
  epochs: number,
  suffix: string,
): TableColumn[] {
  const name = (what: string): string => `${prefix}_${what}_${epochs}${suffix}`;
  const of = (what: string) => ({
    ...cost,
    where,
    description: `${what}, ${epochs} epochs; EC-NAS`,
  });
  return [
    { ...of('energy of the training'), name: name('energy_kwh'), field: 'energy_kwh', unit: 'kWh' },
    { ...of('time of the training'), name: name('time_s'), field: 'train_time_s', unit: 's' },
  ];
}

function trainingColumns(prefix: string, epochs: number, run: number): TableColumn[] {
  const where = `${epochs} ${run}`;
  const suffix = `_r${run}`;
  const accuracies = (['train', 'valid', 'test'] as const).map((split) => ({
    ...accuracy(`${prefix}_${split}_${epochs}${suffix}`, split, epochs, `EC-NAS, run ${run}`),
    field: `${split}_acc`,
    where,
  }));
  return [...accuracies, ...energyColumns(prefix, where, epochs, suffix)];
}

/** All 91 architectures with up to four vertices: four budgets, three runs, energy. */
export const FOUR_VERTICES_COLUMNS: readonly TableColumn[] = EPOCHS.flatMap((epochs) =>
  RUNS.flatMap((run) => trainingColumns('ec4', epochs, run)),
);

/** All 2,532 architectures with up to five vertices: four epochs, one run, energy. */
export const FIVE_VERTICES_COLUMNS: readonly TableColumn[] = trainingColumns('ec5', 4, 1);

/** Time and energy of the 91 architectures on each device. */
export const DEVICE_COLUMNS: readonly TableColumn[] = DEVICES.flatMap((device) =>
  EPOCHS.flatMap((epochs) =>
    energyColumns('ec4', `${device} ${epochs}`, epochs, `_${device.replaceAll('-', '_')}`),
  ),
);
