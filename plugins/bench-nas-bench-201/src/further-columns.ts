import { type TableColumn, zeroCostColumns } from '@archer-nas/tabular';

/** Device settings of HELP and HW-NAS-Bench; the number behind a GPU is the batch size. */
export const DEVICES: readonly string[] = [
  ...['1080ti', '2080ti', 'titan_rtx', 'titanx', 'titanxp'].flatMap((gpu) =>
    [1, 32, 256].map((batch) => `${gpu}_${batch}`),
  ),
  ...['gold_6226', 'gold_6240', 'silver_4114', 'silver_4210r'],
  ...['pixel2', 'samsung_a50', 'samsung_s7', 'essential_ph_1'],
  ...['raspi4', 'pixel3', 'eyeriss', 'fpga'],
];

/** Those that HW-NAS-Bench measured, with CIFAR-10's networks. */
const HW_NAS_BENCH: ReadonlySet<string> = new Set(['raspi4', 'pixel3', 'eyeriss', 'fpga']);

/** Milliseconds on 27 device settings: `lat_<device>`. */
export const LATENCY_COLUMNS: readonly TableColumn[] = DEVICES.map((device) => ({
  name: `lat_${device}`,
  field: device,
  split: 'cost',
  unit: 'ms',
  direction: 'minimise',
  description:
    `measured latency on ${device}, 32×32 input; ` +
    (HW_NAS_BENCH.has(device) ? 'HW-NAS-Bench, Li et al. 2021' : 'HELP, Lee et al. 2021'),
}));

function score(name: string, what: string, direction: TableColumn['direction']): TableColumn {
  return { name, split: 'train', unit: '1', direction, description: `${what}; untrained network` };
}

const SETS = ['c10', 'c100', 'in16'] as const;

/** Zen scores of all cells; −1e8 stands for a score that is not finite. */
export const ZEN_COLUMNS: readonly TableColumn[] = SETS.map((set) =>
  score(`zen_${set}`, 'Zen score', 'maximise'),
);

/** Scores that the authors of MONET computed and published without a licence. */
export const MONET_COLUMNS: readonly TableColumn[] = [
  ...SETS.map((set) => score(`naswot_${set}`, 'NASWOT, log determinant', 'maximise')),
  ...SETS.slice(0, 2).map((set) => score(`nasi_${set}`, 'NASI, trace norm of the NTK', 'maximise')),
  ...SETS.map((set) => score(`ntk_${set}`, 'condition number of the NTK', 'minimise')),
];

/** Proxies of 725 cells and their seed-888 test accuracy, one line per data set. */
export const PROXY_COLUMNS: readonly TableColumn[] = (
  [
    ['c10', 'CIFAR-10, the run on the half'],
    ['c100', 'CIFAR-100'],
    ['in16', 'ImageNet16-120'],
  ] as const
).flatMap(([set, title]) => [
  ...zeroCostColumns(set, title),
  {
    name: `zc_${set}_test_s888`,
    field: 'acc_s888',
    where: set,
    split: 'test',
    unit: '%',
    direction: 'maximise',
    description: `test accuracy of the single run with seed 888; ${title}`,
  },
]);

/** Proxies of 199 cells on further data sets and the accuracy of the authors' short training. */
export const FURTHER_SETS_COLUMNS: readonly TableColumn[] = (
  [
    ['svhn', 'SVHN'],
    ['ninapro', 'NinaPro'],
    ['scifar100', 'scrambled CIFAR-100'],
  ] as const
).flatMap(([set, title]) => [
  ...zeroCostColumns(set, title),
  {
    name: `${set}_valid`,
    field: 'val_accuracy',
    where: set,
    split: 'valid',
    unit: '%',
    direction: 'maximise',
    description: `validation accuracy after the short training of NAS-Bench-Suite-Zero; ${title}`,
  },
]);
