import { describe, expect, it } from 'vitest';
import { summarise, tQuantile } from './t-interval.ts';

describe('tQuantile', () => {
  // Two-sided critical values as printed in statistical tables.
  it.each([
    [0.95, 1, 12.706],
    [0.95, 2, 4.303],
    [0.95, 3, 3.182],
    [0.95, 4, 2.776],
    [0.95, 5, 2.571],
    [0.95, 9, 2.262],
    [0.95, 10, 2.228],
    [0.95, 29, 2.045],
    [0.95, 120, 1.98],
    [0.99, 5, 4.032],
    [0.9, 7, 1.895],
  ])('level %d with %i degrees of freedom: %d', (level, df, t) => {
    expect(tQuantile(level, df)).toBeCloseTo(t, 3);
  });

  it('is p / sqrt((1 - p²) / 2) for two degrees of freedom, to the last digits', () => {
    for (const p of [0.1, 0.5, 0.95, 0.999])
      expect(tQuantile(p, 2) / (p / Math.sqrt((1 - p * p) / 2))).toBeCloseTo(1, 12);
  });

  it.each([
    [0.95, 0],
    [0.95, 1.5],
    [0, 3],
    [1, 3],
    [Number.NaN, 3],
  ])('refuses level %d with %d degrees of freedom', (level, df) => {
    expect(() => tQuantile(level, df)).toThrow(RangeError);
  });
});

describe('summarise', () => {
  it('gives 2.5 ± 2.0543 for 1, 2, 3, 4', () => {
    const { n, mean, std, low, high } = summarise([1, 2, 3, 4]);
    // std = sqrt(5/3); half = 3.182446 * 1.290994 / 2
    expect([n, mean]).toEqual([4, 2.5]);
    expect(std).toBeCloseTo(1.290994, 6);
    expect(low).toBeCloseTo(0.44574, 4);
    expect(high).toBeCloseTo(4.55426, 4);
  });

  it('has no spread for one value, and hides no NaN', () => {
    expect(summarise([3])).toEqual({
      n: 1,
      mean: 3,
      std: Number.NaN,
      low: Number.NaN,
      high: Number.NaN,
    });
    expect(summarise([1, Number.NaN, 2]).mean).toBeNaN();
  });
});
