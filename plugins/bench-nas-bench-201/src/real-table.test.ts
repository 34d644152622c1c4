import { kendallTauB, precisionAtTop } from '@archer-nas/core';
import { openTable, tableBenchmark } from '@archer-nas/tabular';
import { describe, expect, it } from 'vitest';

import { hasRealTable, realTables } from '../test/real-table.ts';
import { NAS_BENCH_201 } from './definition.ts';
import { ARCHITECTURES, archOf, officialOps } from './notation.ts';

const space = { format: (index: number) => archOf(officialOps(index)) };
const indices = Array.from({ length: ARCHITECTURES }, (_, index) => index);

describe.skipIf(!hasRealTable)('the published table', () => {
  if (!hasRealTable) return;
  const table = openTable(NAS_BENCH_201, { folders: { data: realTables, manifest: realTables } });
  const benchmark = tableBenchmark(table, { column: 'c10_test_200', purpose: 'study', space });
  const column = (name: string) => indices.map((index) => benchmark.value(index, name));

  it('is known by its content and whole', () => {
    expect(table.known).toContain('all columns');
    expect(table.rows).toBe(15_625);
    const accuracies = table.columns.filter(({ training }) => training !== undefined);
    expect(accuracies).toHaveLength(20);
  });

  // C3. Published to two decimals and made from release v1.1: the column c10_test_200_v11.
  it.each([
    [0, 85.86],
    [100, 92.13],
    [200, 86.97],
    [300, 89.47],
    [400, 92.23],
    [500, 92.03],
    [600, 91.86],
    [9300, 91.23],
    [9400, 79.03],
  ])('has the published accuracy of architecture %i in the v1.1 column', (index, published) => {
    expect(Math.abs(benchmark.value(index, 'c10_test_200_v11') - published)).toBeLessThan(0.00501);
  });

  it('has another run of architecture 9300 in the NATS-Bench column', () => {
    expect(benchmark.value(9300)).toBe(90.95);
  });

  it.each([
    ['c10_valid_200', 91.6067, 6111],
    ['c10_test_200', 94.3733, 6111],
    ['c100_valid_200', 73.4933, 9930],
    ['c100_test_200', 73.5133, 9930],
    ['in16_valid_200', 46.7333, 10676],
    ['in16_test_200', 47.3111, 857],
    ['c10_test_12', 89.16, 5374],
  ])('has the published best of %s', (name, best, index) => {
    const values = column(name);
    expect(Math.max(...values)).toBe(best);
    expect(values.indexOf(best)).toBe(index);
  });

  it('ranks by parameter count with the published tau-b and P@Top5%', () => {
    const params = column('params_c10');
    const truth = column('c10_test_200_v11').map((value) => Number(value.toFixed(2)));
    expect(kendallTauB(params, truth)).toBeCloseTo(0.5777, 4);
    const precision = precisionAtTop(params, truth, indices.map(officialOps), 0.05);
    // Many architectures have equal parameter counts: the range over lexicographic tie orders.
    expect(precision.low).toBeCloseTo(0.375, 3);
    expect(precision.high).toBeCloseTo(0.388, 3);
  });

  it('has 341 architectures at chance on CIFAR-10: the disconnected ones', () => {
    const values = column('c10_test_200');
    expect(values.filter((value) => value === 10)).toHaveLength(341);
  });
});
