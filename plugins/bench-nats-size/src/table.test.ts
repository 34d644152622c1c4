import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { choiceSpace, createStreams } from '@archer-nas/core';
import { createTable, parseCsv, tableBenchmark } from '@archer-nas/tabular';
import { describe, expect, it } from 'vitest';

import { makeSlice } from '../test/make-slice.ts';
import { hasFile, hasRealTable, realTable } from '../test/real-table.ts';
import { costModel } from './costs.ts';
import { NATS_SIZE } from './definition.ts';
import { ARCHITECTURES, byIndex, sizeSpec } from './sizes.ts';

const [table] = NATS_SIZE.files;
const limits = { source: 'slice', architectures: ARCHITECTURES };
const slice = readFileSync(join(import.meta.dirname, '../test/slice.csv'), 'utf8');
const space = choiceSpace(sizeSpec(costModel({ classes: 10, image: 32 })));

describe('the slice', () => {
  it('is what its generator makes', () => {
    expect(slice).toBe(makeSlice(5));
  });

  it('reads', () => {
    expect(parseCsv(slice, table, limits).keys.at(-1)).toBe('8:8:8:8:40');
  });

  it.each([
    ['another index', /\n3,/, '\n4,', /line 5: index 4 is 8:8:8:8:40, the row has "8:8:8:8:32"/],
    ['an index out of range', /\n3,/, '\n32768,', /line 5: index "32768" is not 0 to 32767/],
  ])('is refused with %s', (_, from, to, reason) => {
    expect(() => parseCsv(slice.replace(from, to), table, limits)).toThrow(reason);
  });
});

describe('what a search may read', () => {
  const opened = (text: string) => {
    const read = () => ({ path: 'slice.csv', text, hash: '', known: undefined });
    return createTable(NATS_SIZE, { has: () => false, read });
  };
  /** As it was published: no validation accuracy. */
  const published = opened('index,channels,c10_test_90,params_c10\n2,8:8:8:8:24,80.5,18000\n');
  const use = { column: 'c10_test_90', purpose: 'search', space } as const;

  it('is costs alone, as all accuracies are on test images', () => {
    expect(() => tableBenchmark(published, use)).toThrow(
      expect.objectContaining({ code: 'ARCHER_TEST_WITHHELD' }),
    );
    const costs = tableBenchmark(published, { ...use, column: 'params_c10' });
    expect(costs.columns.map(({ split }) => split)).not.toContain('test');
  });

  it('is test accuracies where the manifest permits it', () => {
    const benchmark = tableBenchmark(published, { ...use, permit: 'test-column' });
    expect(benchmark.value(byIndex(2))).toBe(80.5);
  });

  it('is validation accuracies in a converted table, and then no permit counts', () => {
    const converted = opened(slice);
    const permitted = { ...use, permit: 'test-column' } as const;
    expect(() => tableBenchmark(converted, permitted)).toThrow(/may not read it/);
    const valid = tableBenchmark(converted, { ...use, column: 'c10_valid_90' });
    const evaluator = valid.evaluator();
    expect(evaluator.description).toContain("seconds are recorded: the authors' training time");
    const budget = { amount: 12, unit: 'epoch' } as const;
    const proposal = { id: '', architecture: byIndex(2), budget };
    const context = { batches: 'all', streams: createStreams(0) } as const;
    const { metrics, cost } = evaluator.lookUp?.(proposal, context) ?? expect.fail();
    expect(metrics).toEqual({ c10_valid_90: valid.value(byIndex(2), 'c10_valid_12') });
    expect(cost.images).toBe(12 * 25_000);
    expect(cost.seconds).toBe(12 * valid.value(byIndex(2), 'seconds_per_epoch_c10h'));
  });
});

describe.skipIf(!hasRealTable)('the published table', () => {
  if (!hasRealTable) return;
  const real = realTable();
  const use = { column: 'c10_test_90', purpose: 'study', space } as const;
  const benchmark = tableBenchmark(real, use);
  const indices = Array.from({ length: ARCHITECTURES }, (_, index) => index);

  it('is known and whole', () => {
    expect(real.known).toContain('all 32,768');
    expect(real.rows).toBe(ARCHITECTURES);
  });

  it.each([
    ['c10_test_90', 93.65, 32_698],
    ['c100_test_90', 71.34, 32_623],
    ['in16_test_90', 47.4, 32_702],
  ])('has the published best of %s', (name, best, index) => {
    const values = indices.map((one) => benchmark.value(byIndex(one), name));
    expect(Math.max(...values)).toBe(best);
    expect(values.indexOf(best)).toBe(index);
  });

  it.each([
    ['c10', 10, 32],
    ['c100', 100, 32],
    ['in16', 120, 16],
  ])('has the costs of the network in all rows: %s', (set, classes, image) => {
    const costs = costModel({ classes, image });
    for (const index of indices) {
      const { params, macs } = costs.of(byIndex(index));
      const row = real.rowOf(space.format(byIndex(index)));
      const [p, f] = ['params', 'flops'].map((name) => real.values(`${name}_${set}`)[row]);
      if (p !== params || f !== macs) expect.fail(`costs of ${index}`);
    }
  });

  it('takes about as long as the records say: 5.20 s an epoch for architecture 0', () => {
    const proposal = { id: '', architecture: byIndex(0) };
    const context = { batches: 'all', streams: createStreams(0) } as const;
    const evaluate = (column: string) =>
      tableBenchmark(real, { ...use, column })
        .evaluator()
        .lookUp?.(proposal, context).cost;
    const c10 = evaluate('c10_test_90');
    expect(c10).toMatchObject({ epochs: 90, images: 4_500_000 });
    expect(Math.abs((c10?.seconds ?? 0) / 90 / 5.2023 - 1)).toBeLessThan(0.03);
    const in16 = (evaluate('in16_test_90')?.seconds ?? 0) / 90;
    expect(Math.abs(in16 / 9.7928 - 1)).toBeLessThan(0.057);
  });

  it.skipIf(!hasFile('sss-zero-cost-monet.csv.gz'))('has NASWOT beside it', () => {
    expect(benchmark.value(byIndex(0), 'naswot_c10')).toBe(5.487242);
  });
});
