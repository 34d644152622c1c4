import { openTable, tableBenchmark } from '@archer-nas/tabular';
import { describe, expect, it } from 'vitest';

import { hasRealTable, realTables } from '../test/real-table.ts';
import { NAS_BENCH_GRAPH, NETWORKS } from './definition.ts';
import { graphSpace, parse } from './space.ts';

describe.skipIf(!hasRealTable)('the published table', () => {
  if (!hasRealTable) return;
  const space = graphSpace();
  const table = openTable(NAS_BENCH_GRAPH, { folders: { data: realTables, manifest: realTables } });
  const benchmark = tableBenchmark(table, { column: 'cora_valid', purpose: 'study', space });

  it('has every network of the space once', () => {
    expect(table.rows).toBe(NETWORKS);
    const forms = new Set(Array.from(space.all(), (a) => space.canonical?.(a) ?? ''));
    for (const form of forms) if (table.rowOf(form) < 0) expect.fail(form);
  });

  it.each([
    ['cora_valid', 0.8193, '0123:7072'],
    ['cora_test', 0.8313, '0122:7016'],
    ['arxiv_valid', 0.7367, '0123:3533'],
    ['proteins_valid', 0.8533, '0122:4578'],
  ])('has the best %s at %d', (column, best, text) => {
    const values = table.values(column).filter((value) => !Number.isNaN(value));
    expect(Math.max(...values)).toBeCloseTo(best, 4);
    expect(benchmark.value(parse(text), column)).toBe(Math.max(...values));
    expect(values).toHaveLength(column.startsWith('proteins') ? 2_021 : NETWORKS);
  });

  it('says that a network was not evaluated on proteins', () => {
    expect(() => benchmark.value(parse('0000:0000'), 'proteins_valid')).toThrow(
      /no proteins_valid/,
    );
    const evaluate = tableBenchmark(table, {
      column: 'proteins_valid',
      purpose: 'search',
      space,
    }).evaluator().lookUp;
    const context = { batches: 'all', streams: undefined as never } as const;
    const found = evaluate?.({ id: '', architecture: parse('0000:0000') }, context);
    expect(found?.status).toBe('failed');
  });
});
