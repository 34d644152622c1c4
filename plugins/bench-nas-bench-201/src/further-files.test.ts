import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { kendallTauB } from '@archer-nas/core';
import { madeUpCsv, openTable, parseCsv, tableBenchmark, tablePath } from '@archer-nas/tabular';
import { describe, expect, it } from 'vitest';

import { byIndex } from '../test/landscape.ts';
import { hasRealTable, realTables } from '../test/real-table.ts';
import { NAS_BENCH_201 } from './definition.ts';
import { DEVICES } from './further-columns.ts';
import { ARCHITECTURES, officialOps } from './notation.ts';

const [, ...further] = NAS_BENCH_201.files;

describe('the further files', () => {
  it('cover 27 device settings', () => {
    expect(new Set(DEVICES).size).toBe(27);
  });

  it('name every column once', () => {
    const names = NAS_BENCH_201.files.flatMap(({ columns }) => columns.map(({ name }) => name));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('name what a search may not read', () => {
    for (const { name, split } of further.flatMap(({ columns }) => columns)) {
      expect(split === 'test', name).toBe(/test/.test(name));
    }
  });

  it.each(further.map((file) => [file.file, file] as const))('%s can be read', (_, file) => {
    const rows = [7, 3].map((index) => [String(index), officialOps(index)]);
    const keys = rows.map((row) => row.slice(0, file.keys.length));
    const limits = { source: 'slice', architectures: ARCHITECTURES };
    const parsed = parseCsv(madeUpCsv(file, keys), file, limits);
    expect(parsed.keys).toEqual([7, 3].map(byIndex.format));
    expect(parsed.columns).toEqual(file.columns);
    for (const { name } of file.columns) expect(parsed.values.get(name)).not.toContain(Number.NaN);
  });
});

const present = (file: string) => existsSync(join(realTables, tablePath(NAS_BENCH_201, file)));

describe.skipIf(!hasRealTable)('the published further files', () => {
  if (!hasRealTable) return;
  const table = openTable(NAS_BENCH_201, { folders: { data: realTables, manifest: '.' } });
  const use = { column: 'c10_valid_200', purpose: 'study', space: byIndex } as const;
  const benchmark = tableBenchmark(table, use);

  it.skipIf(!present('nb201-latency.csv.gz'))('have the latencies of HW-NAS-Bench', () => {
    const row = ['raspi4', 'pixel3', 'fpga', 'eyeriss'].map((device) =>
      benchmark.value(0, `lat_${device}`),
    );
    expect(row).toEqual([10.48198, 3.60585, 2.57296, 3.64562]);
    // Cells that the compiler removes: less than a millisecond.
    const below = (device: string) =>
      table.values(`lat_${device}`).filter((value) => value < 1).length;
    expect([below('raspi4'), below('pixel3')]).toEqual([276, 283]);
  });

  it.skipIf(!present('nb201-zero-cost-13.csv.gz'))('have the proxies of 725 cells', () => {
    const scores = table.values('zc_synflow_c10');
    const there = scores.filter((value) => !Number.isNaN(value)).length;
    expect(there).toBeGreaterThanOrEqual(724);
    expect(benchmark.value(117, 'zc_nwot_c10')).toBe(403.5418);
    // The accuracy beside the proxies is that of the table, to its two decimals.
    const own = table.values('c10h_test_200_s888');
    const beside = table.values('zc_c10_test_s888');
    const differ = beside.filter((value, row) => Math.abs(value - (own[row] ?? 0)) > 0.00501);
    expect(differ.length).toBe(0);
  });

  it.skipIf(!present('nb201-zero-cost-full.csv.gz'))('have Zen scores of all cells', () => {
    const values = table.values('zen_c10');
    expect(values).toHaveLength(ARCHITECTURES);
    expect(benchmark.value(0, 'zen_c10')).toBe(184.9546);
    expect(kendallTauB(values, table.values('zen_c100'))).toBeGreaterThan(0.9);
  });

  it.skipIf(!present('nb201-zero-cost-9x.csv.gz'))('have three more data sets', () => {
    expect(benchmark.value(27, 'svhn_valid')).toBe(96.0817);
    expect(benchmark.value(27, 'zc_synflow_svhn')).toBe(42.10043);
    expect(() => benchmark.value(0, 'svhn_valid')).toThrow(/no svhn_valid of/);
  });

  it.skipIf(!present('nb201-zero-cost-monet.csv.gz'))('say where a score does not exist', () => {
    const missing = (name: string) => table.values(name).filter(Number.isNaN).length;
    expect([missing('naswot_c10'), missing('nasi_c10')]).toEqual([201, 341]);
  });
});
