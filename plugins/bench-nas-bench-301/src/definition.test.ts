import { createTable, madeUpCsv, openTable, tableBenchmark } from '@archer-nas/tabular';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hasRealTable, realTables } from '../test/real-table.ts';
import { GENOTYPES, NAS_BENCH_301 } from './definition.ts';
import { genotypeOf } from './notation.ts';

/** Genotypes are their own text in these tests. */
const space = { format: (text: string) => text };
const [first] = NAS_BENCH_301.files;
const SECOND_ORDER = '0.3 1.3 0.3 1.3 1.3 0.2 0.2 2.5;0.0 1.0 2.2 1.0 0.0 2.2 2.2 1.0';

describe('genotypeOf', () => {
  it('writes DARTS_V2 as the space does', () => {
    expect(genotypeOf(SECOND_ORDER)).toBe(
      "Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), " +
        "('sep_conv_3x3', 1), ('skip_connect', 0), ('sep_conv_3x3', 1), ('skip_connect', 0), " +
        "('dil_conv_3x3', 2)], normal_concat=[2, 3, 4, 5], reduce=[('max_pool_3x3', 0), " +
        "('max_pool_3x3', 1), ('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 0), " +
        "('skip_connect', 2), ('max_pool_3x3', 1), ('skip_connect', 2)], " +
        'reduce_concat=[2, 3, 4, 5])',
    );
  });

  it('does not see the order of the two edges of a node', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: 16, maxLength: 16 }), (ops) => {
        const pairs = ops.map((op, at) => `${at % 2}.${op}`);
        const swapped = pairs.map((_, at) => pairs[at ^ 1]);
        const text = (edges: readonly (string | undefined)[]) =>
          `${edges.slice(0, 8).join(' ')};${edges.slice(8).join(' ')}`;
        expect(genotypeOf(text(swapped))).toBe(genotypeOf(text(pairs)));
      }),
    );
  });

  it.each([
    ['0.3 1.3', /7|2 of 8 edges/],
    [SECOND_ORDER.replace('2.5', '2.7'), /"2.7"/],
    [SECOND_ORDER.replace('0.3 1.3', '0.3 2.3'), /node 2 reads 0 and 2/],
    [`${SECOND_ORDER};${SECOND_ORDER}`, /not two cells/],
  ])('refuses %j', (text, message) => {
    expect(() => genotypeOf(text)).toThrow(message);
  });
});

describe('the benchmark', () => {
  it('names the line that is no genotype', () => {
    const text = madeUpCsv(first, [[SECOND_ORDER], ['0.3']]);
    const read = () => ({ path: 'slice', text, hash: '', known: undefined });
    expect(() => createTable(NAS_BENCH_301, { has: () => false, read })).toThrow(/line 3: a cell/);
  });
});

describe.skipIf(!hasRealTable)('the published tables', () => {
  if (!hasRealTable) return;
  const folders = { data: realTables, manifest: realTables };
  const open = () => openTable(NAS_BENCH_301, { folders });

  it('have 725 predictions, the best 94.49', () => {
    const table = open();
    expect(table.rows).toBe(725);
    const values = table.values('val_surrogate');
    expect(Math.max(...values)).toBe(94.4889);
    const best = '1.2 0.3 2.4 1.1 0.2 2.3 1.3 2.4;0.1 1.0 0.4 1.3 1.3 3.6 1.1 0.5';
    const use = { column: 'val_surrogate', purpose: 'search', space } as const;
    expect(tableBenchmark(table, use).value(genotypeOf(best))).toBe(94.4889);
  });

  it('have other genotypes in every file', () => {
    const table = open();
    const count = (name: string) => table.values(name).filter((value) => !Number.isNaN(value));
    expect(count('nwot_c10')).toHaveLength(11_221);
    expect(count('svhn_valid')).toHaveLength(199);
    expect(table.values('scifar100_valid')).toHaveLength(GENOTYPES);
  });

  it('have no test column', () => {
    expect(open().columns.map(({ split }) => split)).not.toContain('test');
  });
});
