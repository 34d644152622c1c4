// @ts-check
import { describe, expect, it } from 'vitest';
import { bestOfRounds, median, ratiosInRounds, spread } from './statistics.mjs';

describe('median', () => {
  it('is the middle of an odd number and the mean of the two in the middle of an even one', () => {
    expect(median([9, 1, 10])).toBe(9);
    expect(median([10, 1, 2, 9])).toBe(5.5);
  });

  it('leaves its argument as it is and refuses nothing', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('ratios', () => {
  it('are taken inside rounds: drift that hits both cancels', () => {
    const own = new Map([
      [0, 200],
      [1, 100],
      [2, 50],
    ]);
    const reference = new Map([
      [0, 100],
      [1, 50],
      [2, 25],
    ]);
    expect(ratiosInRounds(own, reference)).toEqual([2, 2, 2]);
  });

  it('leave out rounds that only one of the two has', () => {
    expect(ratiosInRounds(new Map([[0, 4]]), new Map([[1, 2]]))).toEqual([]);
  });

  it('are shown by their median and extremes', () => {
    expect(spread([1.5, 1, 3])).toEqual({ median: 1.5, min: 1, max: 3 });
  });
});

it('takes the best configuration of each round by itself', () => {
  const eager = new Map([
    [0, 100],
    [1, 90],
  ]);
  const compiled = new Map([
    [0, 80],
    [1, 120],
  ]);
  expect([...bestOfRounds([eager, compiled])]).toEqual([
    [0, 100],
    [1, 120],
  ]);
});
