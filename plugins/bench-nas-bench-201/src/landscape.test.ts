import { kendallTauB, spearman } from '@archer-nas/core';
import { openTable } from '@archer-nas/tabular';
import { describe, expect, it } from 'vitest';

import { byIndex, frontSize, INDICES, median, neighbours } from '../test/landscape.ts';
import { hasRealTable, realTables } from '../test/real-table.ts';
import { NAS_BENCH_201 } from './definition.ts';
import { archOf, convolutions, officialOps } from './notation.ts';

/** Published and recomputed facts of the three landscapes, in the order of the data sets. */
const SETS = ['c10', 'c100', 'in16'] as const;

describe.skipIf(!hasRealTable)('the landscape', () => {
  if (!hasRealTable) return;
  const table = openTable(NAS_BENCH_201, { folders: { data: realTables, manifest: '.' } });
  const at = INDICES.map((index) => table.rowOf(byIndex.format(index)));
  const column = (name: string): Float64Array => {
    const values = table.values(name);
    return Float64Array.from(at, (row) => values[row] ?? Number.NaN);
  };

  it.each([
    ['c10', 94.3733, 90.75],
    ['c100', 73.5133, 65.29],
    ['in16', 47.3111, 36.39],
  ])('%s has its optimum and median', (set, best, middle) => {
    const test = column(`${set}_test_200`);
    expect(test.reduce((a, b) => Math.max(a, b))).toBe(best);
    expect(Math.abs(median(test) - middle)).toBeLessThan(0.00501);
  });

  it.each([
    ['c10', 0.772, 0.594, 0.9835],
    ['c100', 0.825, 0.645, 0.9926],
    ['in16', 0.818, 0.643, 0.9942],
  ])('%s: 12 epochs rank as 200 with the published correlations', (set, rho, tau, long) => {
    const test = column(`${set}_test_200`);
    const short = column(`${set}_valid_12`);
    expect(spearman(short, test)).toBeCloseTo(rho, 3);
    // Published of unrounded means, which have fewer ties: tau-b differs in the third decimal.
    expect(Math.abs(kendallTauB(short, test) - tau)).toBeLessThan(0.001);
    expect(spearman(column(`${set}_valid_200`), test)).toBeCloseTo(long, 4);
  });

  it('ranks alike on the three data sets', () => {
    const [c10, c100, in16] = SETS.map((set) => column(`${set}_test_200`)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    expect(spearman(c10, c100)).toBeCloseTo(0.98, 3);
    expect(spearman(c10, in16)).toBeCloseTo(0.959, 3);
    expect(spearman(c100, in16)).toBeCloseTo(0.964, 3);
    expect(spearman(column('flops_c10'), c10)).toBeCloseTo(0.753, 3);
  });

  // Published: 17, 24 and 36 strict maxima, of unrounded means, in which the summation's rounding
  // separates equal accuracies. Means of 2 and 3 runs that differ do so in the first 4 decimals.
  it.each([
    ['c10', 17, 18, 17],
    ['c100', 23, 25, 24],
    ['in16', 34, 37, 36],
  ])('%s has %i strict and %i weak local maxima; published %i', (set, strict, weak, published) => {
    const test = column(`${set}_test_200`);
    const most = INDICES.map((index) =>
      Math.max(...neighbours(index).map((one) => test[one] ?? 0)),
    );
    expect(most.filter((other, index) => other < (test[index] ?? 0))).toHaveLength(strict);
    expect(most.filter((other, index) => other <= (test[index] ?? 0))).toHaveLength(weak);
    expect(published).toBeGreaterThanOrEqual(strict);
    expect(published).toBeLessThanOrEqual(weak);
  });

  it.each([
    ['c10', 14, 17],
    ['c100', 13, 15],
    ['in16', 13, 14],
  ])('%s has fronts of parameters and error of the published sizes', (set, long, short) => {
    const errors = (name: string) => column(name).map((accuracy) => 100 - accuracy);
    const params = column(`params_${set}`);
    expect(frontSize(params, errors(`${set}_test_200`))).toBe(long);
    expect(frontSize(params, errors(`${set}_valid_12`))).toBe(short);
  });

  it.each([
    ['params_c10', 73_306, 28_000, 243_040],
    ['params_c100', 79_156, 28_000, 243_040],
    ['params_in16', 80_456, 28_000, 243_040],
    ['flops_c10', 7_783_050, 3_932_160, 35_389_440],
    ['flops_c100', 7_788_900, 3_932_160, 35_389_440],
    ['flops_in16', 1_953_400, 983_040, 8_847_360],
  ])('%s is its closed form in all rows', (name, base, one, three) => {
    const formula = INDICES.map((index) => {
      const { conv1x1, conv3x3 } = convolutions(archOf(officialOps(index)));
      return base + one * conv1x1 + three * conv3x3;
    });
    expect(column(name)).toEqual(Float64Array.from(formula));
  });
});
