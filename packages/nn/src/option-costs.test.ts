import { describe, expect, it } from 'vitest';
import type { Rows } from './mixture.ts';
import type { Site } from './network.ts';
import { type CostTable, costRows, expectedCost } from './option-costs.ts';
import { softmaxRows } from './softmax-rows.ts';

const table = { conv: 10, sep: 20, pool: 5 };
const options = ['conv', 'sep', 'pool'];
const sites: Site[] = [0, 1].map((cell) => ({ name: `cell${cell}.edge0`, decision: 0, options }));

it('R39 expects 9.985252 of the latencies (10, 20, 5) at α = (.2, −.3, .4)', () => {
  const p = softmaxRows([Float64Array.of(0.2, -0.3, 0.4)]);
  const rows = costRows(sites.slice(0, 1), table, 'latency.table');
  expect(expectedCost(p, rows)).toBeCloseTo(9.985252, 5);
});

describe('a table of costs', () => {
  const costs = (given: CostTable): Rows => costRows(sites, given, 'resource.table');

  it('counts every site of a decision, each with its own cost where it has one', () => {
    expect(costs(table)).toEqual([Float64Array.of(20, 40, 10)]);
    expect(costs({ ...table, 'cell1.edge0.sep': 7 })).toEqual([Float64Array.of(20, 27, 10)]);
  });

  it('names an option that it lacks, what it has, and what to add', () => {
    expect(() => costs({ conv: 1, sep: 2 })).toThrow(
      expect.objectContaining({
        code: 'ARCHER_COST_TABLE',
        message: expect.stringMatching(/resource\.table has no "pool".*cell0\.edge0.*conv, sep/),
        hint: expect.stringContaining('"cell0.edge0.pool"'),
      }),
    );
  });
});
