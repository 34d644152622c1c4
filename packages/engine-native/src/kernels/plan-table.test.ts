import { describe, expect, it } from 'vitest';
import { PlanTable } from './plan-table.ts';

describe('a table of plans', () => {
  it('makes a plan once for the same numbers, also where there is none to make', () => {
    const table = new PlanTable<string | undefined>();
    let made = 0;
    const get = (plan?: string) =>
      table.get([[1, 2], [3]], () => {
        made++;
        return plan;
      });
    expect([get(), get('another'), made]).toEqual([undefined, undefined, 1]);
  });

  it('tells lists apart that have the same numbers, or the same hash', () => {
    const table = new PlanTable<string>();
    const keys = [[[1, 2], [3]], [[1], [2, 3]], [[1, 2, 3]], [[0, 33], [3]], [[1, 2], [3], []]];
    for (const key of keys) table.get(key, () => JSON.stringify(key));
    for (const key of keys) expect(table.get(key, () => 'new')).toBe(JSON.stringify(key));
  });

  it('keeps a copy of the numbers', () => {
    const table = new PlanTable<string>();
    const shape = [4, 4];
    table.get([shape], () => 'square');
    shape[1] = 5;
    expect(table.get([[4, 4]], () => 'new')).toBe('square');
    expect(table.get([shape], () => 'other')).toBe('other');
  });
});
