import {
  type FileDefinition,
  RowProblem,
  type TableColumn,
  type TableDefinition,
  zeroCostColumns,
} from '@archer-nas/tabular';

import { formatMacro, macroSpace, parseMacro } from './macro.ts';
import { formatMicro, microSpace, parseMicro } from './micro.ts';

/** A task and the unit of its result; all are validation results at the last epoch. */
interface Task {
  readonly name: string;
  readonly title: string;
  readonly metric: string;
  readonly unit: string;
  readonly range?: readonly [number, number];
}

/** Objects; the architectures do not depend on it. */
export const CLASSES = 75;

/** The seven Taskonomy tasks, in the order of the file. */
export const TASKS: readonly Task[] = [
  { name: 'class_object', title: 'object classification', metric: 'top-1 accuracy', unit: '%' },
  { name: 'class_scene', title: 'scene classification', metric: 'top-1 accuracy', unit: '%' },
  { name: 'jigsaw', title: 'jigsaw puzzle', metric: 'top-1 accuracy', unit: '%' },
  { name: 'room_layout', title: 'room layout', metric: 'negative L2 loss', unit: '1' },
  { name: 'autoencoder', title: 'autoencoding', metric: 'SSIM', unit: '1', range: [-1, 1] },
  { name: 'normal', title: 'surface normals', metric: 'SSIM', unit: '1', range: [-1, 1] },
  { name: 'segmentsemantic', title: 'segmentation', metric: 'pixel accuracy', unit: '%' },
];

/** Tasks whose training-free scores the main files have. */
const SYNFLOW_TASKS = ['class_object', 'class_scene', 'jigsaw', 'room_layout'];
const FISHER_TASKS = ['class_object', 'jigsaw'];
const FURTHER_SETS = [
  ['svhn', 'SVHN'],
  ['ninapro', 'NinaPro'],
  ['scifar100', 'scrambled CIFAR-100'],
] as const;

const maximise = 'maximise';

function result({ title, metric, unit, range }: Task, when: string) {
  const bounds = range === undefined ? {} : { range };
  return {
    split: 'valid',
    unit,
    direction: maximise,
    description: `validation ${metric} of ${title}, ${when}`,
    ...bounds,
  } as const;
}

const score = (name: string, description: string): TableColumn => ({
  name,
  split: 'train',
  unit: '1',
  direction: maximise,
  description: `${description}, untrained network; -1e8: not finite`,
});

/** Results, then scores at initialisation. */
const COLUMNS: readonly TableColumn[] = [
  ...TASKS.map((task) => ({ name: task.name, ...result(task, 'last epoch') })),
  ...TASKS.map(({ name }) => score(`zen_${name}`, 'Zen score')),
  ...SYNFLOW_TASKS.map((name) => score(`synflow_${name}`, 'SynFlow')),
  ...SYNFLOW_TASKS.map((name) => score(`epe_nas_${name}`, 'EPE-NAS')),
  ...FISHER_TASKS.map((name) => score(`fisher_${name}`, 'Fisher')),
];

/** Of 662 to 725 architectures per task. */
const ZERO_COST_COLUMNS: readonly TableColumn[] = TASKS.flatMap((task) => [
  ...zeroCostColumns(task.name, task.title),
  {
    name: `${task.name}_best`,
    field: 'val_best',
    where: task.name,
    ...result(task, 'best epoch'),
  },
]);

/** Of 192 cells on further data sets, with an accuracy of a short training. */
const FURTHER_COLUMNS: readonly TableColumn[] = FURTHER_SETS.flatMap(([name, title]) => [
  ...zeroCostColumns(name, title),
  {
    name: `${name}_valid`,
    field: 'val',
    where: name,
    split: 'valid',
    unit: '%',
    direction: maximise,
    description: `validation accuracy after NAS-Bench-Suite-Zero's short training; ${title}`,
  },
]);

/** A file keyed by the official string. */
function file(
  name: string,
  parse: (text: string) => unknown,
  rest: Pick<FileDefinition, 'columns' | 'per' | 'all'> & { readonly sha256: string },
): FileDefinition {
  const { sha256, ...definition } = rest;
  return {
    file: name,
    keys: ['arch'],
    key: ([arch = '']) => {
      try {
        parse(arch);
        return arch;
      } catch (error) {
        throw new RowProblem(error instanceof Error ? error.message : String(error));
      }
    },
    ...definition,
    known: [{ sha256, name }],
  };
}

const common = {
  folder: 'trans-nas-bench-101',
  source: 'Duan et al., CVPR 2021; measurements MIT, by way of NASLib, Apache-2.0',
};

/** All 4,096 cells of the micro space. */
export const MICRO: TableDefinition = {
  ...common,
  id: 'trans-nas-bench-101-micro',
  name: 'TransNAS-Bench-101 micro',
  architectures: 4_096,
  files: [
    file('micro.csv.gz', parseMicro, {
      columns: COLUMNS,
      all: () => Array.from(microSpace(CLASSES).all(), (cell) => [formatMicro(cell)]),
      sha256: 'd4d4cfb861a73accf513897b0865d49ab1d73e3ad6dbd1ca944dedb8f8ddd763',
    }),
    file('micro-zero-cost-13.csv.gz', parseMicro, {
      per: 'task',
      columns: ZERO_COST_COLUMNS,
      sha256: 'e98f5da7e8961f3f3fb6e39d5587472cce2f746167cb3b2b002044d1140e3b61',
    }),
    file('micro-zero-cost-9x.csv.gz', parseMicro, {
      per: 'dataset',
      columns: FURTHER_COLUMNS,
      sha256: '7fa64caaa8fbd74da9a49b66712d15e73867eda159e021f57c8ce8e571ff7635',
    }),
  ],
};

/** All 3,256 skeletons of the macro space. */
export const MACRO: TableDefinition = {
  ...common,
  id: 'trans-nas-bench-101-macro',
  name: 'TransNAS-Bench-101 macro',
  architectures: 3_256,
  files: [
    file('macro.csv.gz', parseMacro, {
      columns: COLUMNS,
      all: () => Array.from(macroSpace(CLASSES).all(), (network) => [formatMacro(network)]),
      sha256: '4097c7152ad9ce03b7b8a78b1cbae445418e72011310229ee79b6c3f66229e9d',
    }),
    file('macro-zero-cost-13.csv.gz', parseMacro, {
      per: 'task',
      columns: ZERO_COST_COLUMNS,
      sha256: '1fa0abdd6959eb937131d26ae4b254c10547b401e0e31bfcf4e2aa3325a9019f',
    }),
  ],
};
