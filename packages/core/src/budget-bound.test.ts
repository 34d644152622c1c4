import { describe, expect, it } from 'vitest';
import { affordable, affordableShare, costRange } from './budget-bound.ts';

const cost = {
  base: 10,
  perChoice: [
    [1, 5],
    [2, 20, 4],
    [0, 3],
  ],
};

describe('costRange', () => {
  it('is everything for an empty prefix and one value for a full one', () => {
    expect(costRange(cost, [])).toEqual({ least: 13, most: 38 });
    expect(costRange(cost, [1])).toEqual({ least: 17, most: 38 });
    expect(costRange(cost, [1, 2, 1])).toEqual({ least: 22, most: 22 });
  });

  it('names a choice that has no price', () => {
    expect(() => costRange(cost, [2])).toThrow(/Decision 0 has 2 priced options.*no option 2/);
  });
});

describe('affordable', () => {
  it('leaves the options after which the cheapest rest keeps the limit', () => {
    expect(affordable(cost, [], 13)).toEqual([0]);
    expect(affordable(cost, [1], 19)).toEqual([0, 2]);
    expect(affordable(cost, [1], 16)).toEqual([]);
  });
});

describe('affordableShare', () => {
  const costs = [100, 200, 100];

  it("is AMC's bound: 0.5 on the second of 100/200/100 at half the budget, first kept at 0.8", () => {
    expect(affordableShare(costs, [0.8], { budget: 200, least: 0.2 })).toBeCloseTo(0.5, 12);
  });

  it('stays within [least, 1]', () => {
    expect(affordableShare(costs, [], { budget: 400, least: 0.2 })).toBe(1);
    expect(affordableShare(costs, [1], { budget: 100, least: 0.2 })).toBe(0.2);
  });
});
