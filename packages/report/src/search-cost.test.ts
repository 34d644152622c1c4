import { describe, expect, it } from 'vitest';
import { withSearchCost } from './search-cost.ts';

const job = (name: string, metrics: Record<string, number> = {}) => ({
  ...{ name, metrics, tables: { own: { columns: ['a'], rows: [] } }, notes: [] },
});
const trained = {
  'retrained-networks': 4,
  'retrained-epochs': 12,
  'architectures-judged': 1000,
};

describe('what a search cost', () => {
  it('stands beside what training every architecture would have, from measured seconds', () => {
    const seconds = { search: 1800, 'study:0:rank': 7, 'study:1:retrain': 7200 };
    const [search, retrain] = withSearchCost([job('search'), job('retrain.1', trained)], seconds);
    expect(search?.tables).toEqual(job('search').tables);
    expect(Object.keys(retrain?.tables ?? {})).toEqual(['own', 'cost']);
    // Half an hour; two hours for four networks are half an hour each.
    expect(retrain?.tables.cost?.rows).toEqual([
      ['search', 1000, 0.5],
      ['trained from scratch', 4, 2],
      ['training each that was judged', 1000, 500],
    ]);
    expect(retrain?.tables.cost?.notes?.[0]).toBe(
      'Training each would take 1000 times as long as the search.',
    );
  });

  it('is not told where a table was asked, or no time is known', () => {
    const table = { ...trained, 'retrained-epochs': 0 };
    const seconds = { search: 1800, 'study:1:retrain': 0.1 };
    for (const [metrics, known] of [
      [table, seconds],
      [trained, {}],
    ] as const) {
      const [retrain] = withSearchCost([job('retrain.1', metrics)], known);
      expect(Object.keys(retrain?.tables ?? {})).toEqual(['own']);
    }
  });
});
