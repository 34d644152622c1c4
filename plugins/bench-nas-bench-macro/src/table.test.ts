import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { choiceSpace, spearman } from '@archer-nas/core';
import { createTable, parseCsv, tableBenchmark } from '@archer-nas/tabular';
import { describe, expect, it } from 'vitest';

import { makeSlice } from '../test/make-slice.ts';
import { hasRealTable, realTable } from '../test/real-table.ts';
import { ARCHITECTURES, canonicalChain, chainSpec, formatChain, parseChain } from './chain.ts';
import { COSTS } from './costs.ts';
import { NAS_BENCH_MACRO } from './definition.ts';

const [table] = NAS_BENCH_MACRO.files;
const slice = readFileSync(join(import.meta.dirname, '../test/slice.csv'), 'utf8');
const space = choiceSpace(chainSpec(COSTS));

describe('the slice', () => {
  const parse = (text: string) =>
    parseCsv(text, table, { source: 'slice', architectures: ARCHITECTURES });

  it('is what its generator makes, and reads', () => {
    expect(slice).toBe(makeSlice(5));
    expect(parse(slice).keys.at(-1)).toBe('00000011');
  });

  it('is refused with another digit', () => {
    expect(() => parse(slice.replace('00000011', '00000013'))).toThrow(/line 6: "00000013" is not/);
  });

  it('gives a search no accuracy without permit', () => {
    const read = () => ({ path: 'slice.csv', text: slice, hash: '', known: undefined });
    const opened = createTable(NAS_BENCH_MACRO, { has: () => false, read });
    const use = { column: 'test_1', purpose: 'search', space } as const;
    expect(() => tableBenchmark(opened, use)).toThrow(
      expect.objectContaining({ code: 'ARCHER_TEST_WITHHELD' }),
    );
    const permitted = tableBenchmark(opened, { ...use, permit: 'test-column' });
    expect(permitted.value(parseChain('00000001'))).toBeGreaterThan(0);
  });
});

describe.skipIf(!hasRealTable)('the published table', () => {
  if (!hasRealTable) return;
  const real = realTable();
  const chains = [...space.all()];
  const column = (name: string): Float64Array => {
    const values = real.values(name);
    return Float64Array.from(
      chains,
      (chain) => values[real.rowOf(formatChain(chain))] ?? Number.NaN,
    );
  };
  const mean = column('test_mean');

  it('has the published best and worst, mean and median', () => {
    expect(real.known).toContain('all 6,561');
    const sorted = mean.slice().sort();
    expect([sorted[0], sorted.at(-1)]).toEqual([45.3633, 93.1267]);
    expect(mean[chains.findIndex((chain) => formatChain(chain) === '22212220')]).toBe(93.1267);
    expect(formatChain(chains[mean.indexOf(45.3633)] ?? [])).toBe('00000000');
    expect(mean.reduce((a, b) => a + b) / ARCHITECTURES).toBeCloseTo(90.25, 2);
    expect(sorted[(ARCHITECTURES - 1) / 2]).toBeCloseTo(90.99, 2);
    expect(mean.filter((value) => value >= 93)).toHaveLength(12);
  });

  it('has the mean of its runs, whose population deviation is 0.15', () => {
    const runs = [1, 2, 3].map((run) => column(`test_${run}`));
    let deviations = 0;
    chains.forEach((_, at) => {
      const values = runs.map((run) => run[at] ?? 0);
      const centre = values.reduce((a, b) => a + b) / 3;
      expect(Math.abs((mean[at] ?? 0) - centre)).toBeLessThan(0.00006);
      deviations += Math.sqrt(values.reduce((sum, one) => sum + (one - centre) ** 2, 0) / 3);
    });
    expect(deviations / ARCHITECTURES).toBeCloseTo(0.15, 2);
  });

  it('has the costs of the network in all rows, which rank as published', () => {
    const costs = chains.map((chain) => COSTS.of(chain));
    expect(column('params')).toEqual(Float64Array.from(costs, ({ params = 0 }) => params));
    expect(column('flops')).toEqual(Float64Array.from(costs, ({ macs = 0 }) => macs));
    expect(spearman(column('flops'), mean)).toBeCloseTo(0.748, 3);
    expect(spearman(column('params'), mean)).toBeCloseTo(0.318, 3);
  });

  it('was measured once per canonical network', () => {
    const runs = [1, 2, 3].map((run) => column(`test_${run}`));
    const records = new Map<string, string>();
    chains.forEach((chain, at) => {
      const record = runs.map((run) => run[at]).join(' ');
      const name = canonicalChain(chain);
      expect(records.get(name) ?? record, name).toBe(record);
      records.set(name, record);
    });
    expect(new Set(records.values()).size).toBe(3_969);
  });

  it('has 14 strict local maxima', () => {
    const at = new Map(chains.map((chain, index) => [space.id(chain), index]));
    const strict = chains.filter((chain, index) =>
      Array.from(space.neighbours(chain)).every(
        (other) => (mean[at.get(space.id(other)) ?? -1] ?? 0) < (mean[index] ?? 0),
      ),
    );
    expect(strict).toHaveLength(14);
  });
});
