import type { Benchmark } from '@archer-nas/core';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { trajectory } from './trajectory.ts';

const space = bitSpace(2);
const truth: Benchmark<Bits> = {
  name: 'toy',
  columns: [],
  column: {
    name: 'accuracy',
    unit: '%',
    direction: 'maximise',
    split: 'test',
    description: 'ones',
  },
  description: 'toy',
  hash: 'toy',
  value: (a) => a.reduce((sum, bit) => sum + 10 * bit, 50),
  evaluator: () => {
    throw new Error('not asked for');
  },
};

it('has a row per epoch with the truth and the operations, and the last and best of them', () => {
  const architectures: Bits[] = [
    [0, 1],
    [1, 1],
    [0, 0],
  ];
  const { metrics, tables } = trajectory({ space, truth, architectures });
  expect(metrics).toMatchObject({ 'final-accuracy': 50, 'best-accuracy': 70 });
  const options = space.decisions?.[0]?.options ?? [];
  expect(options).toHaveLength(2);
  expect(tables?.trajectory?.columns).toEqual(['epoch', 'accuracy', ...options, 'architecture']);
  expect(tables?.trajectory?.rows).toEqual([
    [1, 60, 1, 1, '01'],
    [2, 70, 0, 2, '11'],
    [3, 50, 2, 0, '00'],
  ]);
});

it('looks up what the search ends with, which a selection may have chosen outside the trajectory', () => {
  const architectures: Bits[] = [[0, 0]];
  const { metrics } = trajectory({ space, truth, architectures, found: [1, 1] });
  expect(metrics).toMatchObject({
    'final-accuracy': 50,
    'best-accuracy': 50,
    'found-accuracy': 70,
  });
  const alone = trajectory({ space, truth, architectures: [], found: [0, 1] });
  expect(alone.metrics).toEqual({ 'found-accuracy': 60 });
});

it('says so where a search has no architecture per epoch, as random search with shared weights', () => {
  const { metrics, notes } = trajectory({ space, truth, architectures: [] });
  expect(metrics).toEqual({});
  expect(notes?.[0]).toMatch(/no trajectory/);
});

it('counts operations where there is no table', () => {
  const { metrics, tables } = trajectory({ space, architectures: [[0, 1]] as Bits[] });
  const options = space.decisions?.[0]?.options ?? [];
  expect(metrics).toEqual(Object.fromEntries(options.map((name) => [`final-${name}`, 1])));
  expect(tables?.trajectory?.rows).toEqual([[1, 1, 1, '01']]);
});

describe('with a table that holds a sample', () => {
  const sample = (...there: string[]): Benchmark<Bits> => ({
    ...truth,
    has: (a) => there.includes(a.join('')),
    value: (a) => (there.includes(a.join('')) ? truth.value(a) : expect.fail('not in the sample')),
  });
  const architectures: Bits[] = [
    [0, 1],
    [1, 1],
    [0, 0],
    [1, 1],
  ];

  it('says of which epochs nothing is known, and the best of the others', () => {
    const { metrics, tables } = trajectory({ space, truth: sample('00', '01'), architectures });
    expect(metrics).toMatchObject({ 'best-accuracy': 60, 'epochs-in-table': 2 });
    expect(metrics).not.toHaveProperty('final-accuracy');
    const column = tables?.trajectory?.rows.map((row) => row[1]);
    expect(column).toEqual([60, null, 50, null]);
    expect(tables?.trajectory?.notes?.at(-1)).toMatch(/^2 of 4 epochs .* not in the table/);
  });

  it('has no value at all where it has none of them', () => {
    const found: Bits = [1, 0];
    const { metrics } = trajectory({ space, truth: sample(), architectures, found });
    expect(metrics).toMatchObject({ 'epochs-in-table': 0 });
    expect(Object.keys(metrics ?? {}).filter((name) => name.endsWith('accuracy'))).toEqual([]);
  });

  it('takes the least for the best where less is better', () => {
    const column = { ...truth.column, direction: 'minimise' } as const;
    const { metrics } = trajectory({ space, truth: { ...truth, column }, architectures });
    expect(metrics).toMatchObject({ 'best-accuracy': 50, 'final-accuracy': 70 });
    expect(metrics).not.toHaveProperty('epochs-in-table');
  });
});
