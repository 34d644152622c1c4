import type { TableColumn } from '@archer-nas/tabular';

/** The data sets that the benchmark's networks were trained on. */
interface Images {
  readonly title: string;
  /** Images of one training epoch. */
  readonly images: number;
}

const HALF: Images = { title: 'CIFAR-10, 25,000-image half', images: 25_000 };
const C10: Images = { title: 'CIFAR-10', images: 50_000 };
const C100: Images = { title: 'CIFAR-100', images: 50_000 };
const IN16: Images = { title: 'ImageNet16-120', images: 151_700 };

function accuracy(
  name: string,
  split: 'valid' | 'test',
  training: Images,
  note: string,
): TableColumn {
  const epochs = /_12$/.test(name) ? 12 : 200;
  return {
    name,
    split,
    unit: '%',
    direction: 'maximise',
    description: `${split} accuracy on ${training.title}, ${epochs} epochs; ${note}`,
    training: { epochs, imagesPerEpoch: training.images, series: name.replace(/_(12|200)$/, '') },
  };
}

function cost(name: string, unit: string, description: string): TableColumn {
  return { name, split: 'cost', unit, direction: 'minimise', description };
}

const MEAN = 'mean of the runs that NATS-Bench has';
const V11 = 'mean of the runs of NAS-Bench-201 v1.1';
const SINGLE = 'a single run with a seed drawn per architecture';
const S888 = 'the single run with seed 888';
const SHORT = 'annealed within 12 epochs; seed 111';

/** Of one training epoch; the half is what `c10_valid` and `c10h` columns are trained on. */
const SECONDS_PER_EPOCH = [
  ['seconds_per_epoch_c10h', 'CIFAR-10, 25,000-image half'],
  ['seconds_per_epoch_c10', 'CIFAR-10'],
  ['seconds_per_epoch_c100', 'CIFAR-100'],
  ['seconds_per_epoch_in16', 'ImageNet16-120'],
] as const;

/** Every column that a table may have. A file may have fewer. */
export const COLUMNS: readonly TableColumn[] = [
  accuracy('c10_valid_200', 'valid', HALF, V11),
  accuracy('c10_test_200', 'test', C10, MEAN),
  accuracy('c10_test_200_v11', 'test', C10, `${V11}, as in published two-decimal tables`),
  accuracy('c10h_test_200', 'test', HALF, V11),
  accuracy('c100_valid_200', 'valid', C100, V11),
  accuracy('c100_test_200', 'test', C100, MEAN),
  accuracy('in16_valid_200', 'valid', IN16, V11),
  accuracy('in16_test_200', 'test', IN16, MEAN),
  accuracy('c10_valid_12', 'valid', HALF, 'annealed within 12 epochs; seeds 111 and 777'),
  accuracy('c10_test_12', 'test', C10, SHORT),
  accuracy('c100_valid_12', 'valid', C100, SHORT),
  accuracy('c100_test_12', 'test', C100, SHORT),
  accuracy('in16_valid_12', 'valid', IN16, SHORT),
  accuracy('in16_test_12', 'test', IN16, SHORT),
  accuracy('c10_test_200_run', 'test', C10, SINGLE),
  accuracy('c10h_test_200_s888', 'test', HALF, S888),
  accuracy('c100_test_200_s888', 'test', C100, S888),
  accuracy('c100_test_200_run', 'test', C100, SINGLE),
  accuracy('in16_test_200_s888', 'test', IN16, S888),
  accuracy('in16_test_200_run', 'test', IN16, SINGLE),
  accuracy('c10h_test_12', 'test', HALF, 'annealed within 12 epochs'),
  ...SECONDS_PER_EPOCH.map(([name, title]) =>
    cost(name, 's', `recorded training time of an epoch, ${title}; in converted official files`),
  ),
  cost('params_c10', 'count', 'trainable parameters with the CIFAR-10 classifier'),
  cost('params_c100', 'count', 'trainable parameters with the CIFAR-100 classifier'),
  cost('params_in16', 'count', 'trainable parameters with the ImageNet16-120 classifier'),
  cost('flops_c10', 'multiply-adds', 'convolutions and classifier, one 32×32 image'),
  cost('flops_c100', 'multiply-adds', 'convolutions and classifier, one 32×32 image'),
  cost('flops_in16', 'multiply-adds', 'convolutions and classifier, one 16×16 image'),
];
