import type { SearchSpace } from '@archer-nas/core';

import { madeUpCsv } from '../src/made-up.ts';
import { type FileDefinition, RowProblem, type TableDefinition } from '../src/table-definition.ts';

/** Three decisions of three options: 27 architectures, written `a-b-c`. */
export type Toy = readonly number[];

export const toySpace: Pick<SearchSpace<Toy>, 'format' | 'decisions' | 'toChoices'> = {
  format: (a) => a.join('-'),
  decisions: ['first', 'second', 'third'].map((name) => ({
    name,
    kind: 'categorical',
    options: ['x', 'y', 'z'],
  })),
  toChoices: (a) => [...a],
};

/** The architecture with a number in [0, 27). */
export function toy(index: number): Toy {
  return [Math.floor(index / 9), Math.floor(index / 3) % 3, index % 3];
}

const training = (epochs: number) => ({ epochs, imagesPerEpoch: 100, series: 'valid' });
const percent = { unit: '%', direction: 'maximise' } as const;

const table: FileDefinition = {
  file: 'toy.csv.gz',
  keys: ['index', 'arch'],
  key: ([index = '', arch = '']) => {
    const expected = /^\d{1,2}$/.test(index) ? toy(Number(index)).join('-') : '';
    if (arch === expected) return arch;
    throw new RowProblem(`index ${index} is ${expected}, the row has "${arch}"`);
  },
  columns: [
    { ...percent, name: 'valid_4', split: 'valid', description: 'short', training: training(4) },
    { ...percent, name: 'valid_16', split: 'valid', description: 'long', training: training(16) },
    {
      ...percent,
      name: 'test_16',
      split: 'test',
      description: 'on held-out images',
      training: { ...training(16), series: 'test' },
    },
    { name: 'params', unit: 'count', split: 'cost', direction: 'minimise', description: 'weights' },
  ],
  known: [],
  all: () => Array.from({ length: 27 }, (_, index) => [String(index), toy(index).join('-')]),
};

const score = { unit: '1', split: 'train', direction: 'maximise', description: 'a score' } as const;

/** One line per architecture and data set. */
const scores: FileDefinition = {
  file: 'scores.csv.gz',
  keys: ['arch'],
  key: ([arch = '']) => arch,
  per: 'dataset',
  columns: [
    { ...score, name: 'score_a', field: 'score', where: 'a' },
    { ...score, name: 'score_b', field: 'score', where: 'b' },
  ],
  known: [],
};

export const TOY: TableDefinition = {
  id: 'toy',
  name: 'Toy-Bench',
  source: 'nobody, 2000',
  architectures: 27,
  files: [table, scores],
  time: {
    kind: 'simulated',
    description: 'a tenth of a second per epoch and first choice',
    of:
      (table, { training }) =>
      (row) =>
        (Number(table.key(row)[0]) / 10) * (training?.epochs ?? 0),
  },
  publicTable: {
    url: 'https://example.org/toy.txt',
    bytes: 99,
    sha256: 'f'.repeat(64),
    source: 'example.org, commit 0',
    licence: 'none stated',
    recognises: (text) => text.startsWith('public'),
    convert: (text) => text.replace('public', 'index').replaceAll(' ', ','),
  },
};

/** The fields under a file's keys of the first architectures. */
export function toyKeys(file: FileDefinition, rows: number): string[][] {
  return Array.from({ length: rows }, (_, index) => {
    const arch = toy(index).join('-');
    return file.keys.length === 1 ? [arch] : [String(index), arch];
  });
}

/** The first rows of the toy table, with made-up values. */
export function toySlice(rows: number): string {
  return madeUpCsv(table, toyKeys(table, rows));
}

/** The same as its public file writes it. */
export function publicSlice(rows: number): string {
  return toySlice(rows).replace('index', 'public').replaceAll(',', ' ');
}
