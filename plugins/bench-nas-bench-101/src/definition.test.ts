import { createTable, madeUpCsv, tableBenchmark } from '@archer-nas/tabular';
import { describe, expect, it } from 'vitest';

import { parseCell, prune } from './cell.ts';
import { NAS_BENCH_101 } from './definition.ts';
import { graphHash } from './graph-hash.ts';
import plugins from './index.ts';
import { nasBench101 } from './space.ts';

const space = nasBench101();
const [sample] = NAS_BENCH_101.files;
const cells = ['1:', '101:0', '101:1', '110011:01'];
const hashes = cells.map((text) => [graphHash(prune(parseCell(text)))]);

/** A table whose files all have made-up values of the four cells. */
function open(keys: readonly (readonly string[])[] = hashes) {
  return createTable(NAS_BENCH_101, {
    has: () => true,
    read: (file) => ({ path: file.file, text: madeUpCsv(file, keys), hash: '', known: undefined }),
  });
}

describe('the benchmark', () => {
  it('finds a cell by its hash, whatever leads nowhere in it', () => {
    const benchmark = tableBenchmark(open(), { column: 'valid_36', purpose: 'search', space });
    const values = cells.map((text) => benchmark.value(space.parse(text)));
    expect(new Set(values).size).toBe(4);
    expect(benchmark.value(space.parse('110011:10'))).toBe(values[3]);
    // 0→1→6 with a dead end 0→2 beside it.
    expect(benchmark.value(space.parse('110010:12'))).toBe(values[2]);
    expect(() => benchmark.value(space.parse('101:2'))).toThrow(/no valid_36 of/);
  });

  it('is found by cells of other spaces too, whose canonical forms are not its hashes', () => {
    // Cells of NAS-Bench-1Shot1, spaces 2, 2 and 3, with the hashes of NAS-Bench-101 itself.
    const cells = {
      '101101010100000111000:00201': '01f0f1cf81ef9193f2946db78ea759ee',
      '110011011000000001110:11111': '04826184411c64c2116d071b819f2952',
      '101001010101010001100:12212': '055393d97d913b1ef1e97eb8dd465d2d',
    };
    const others = { format: (text: string) => text, canonical: (text: string) => `own ${text}` };
    const table = open(
      Object.values(cells)
        .slice(0, 2)
        .map((hash) => [hash]),
    );
    const use = { column: 'valid_108', purpose: 'study', space: others } as const;
    const benchmark = tableBenchmark(table, use);
    const known = Object.keys(cells).map((text) => benchmark.has?.(text));
    expect(known).toEqual([true, true, false]);
  });

  it('has energy and test accuracy of EC-NAS by epochs and run, the latter not for a search', () => {
    const use = { column: 'ec4_energy_kwh_108_r3', purpose: 'search', space } as const;
    const benchmark = tableBenchmark(open(), use);
    expect(benchmark.value(space.parse('1:'))).toBeGreaterThan(0);
    expect(() => benchmark.value(space.parse('1:'), 'ec5_test_4_r1')).toThrow(/may not read it/);
    expect(benchmark.value(space.parse('1:'), 'ec4_time_s_36_titan_xp')).toBeGreaterThan(0);
  });

  it('names a line without a hash', () => {
    expect(() => open([['0011']])).toThrow(/line 2: "0011" is no MD5/);
  });

  it('has one name per column', () => {
    const names = NAS_BENCH_101.files.flatMap(({ columns }) => columns.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    expect(sample.columns.map(({ split }) => split)).not.toContain('test');
    expect(plugins.map(({ kind }) => kind)).toEqual(['space', 'benchmark']);
  });
});
