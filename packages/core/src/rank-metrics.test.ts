import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kendallTauB } from './kendall.ts';
import { precisionAtTop, spearman } from './rank-metrics.ts';
import { denseRanks } from './ranks.ts';

/** The definition: every pair is looked at. */
function kendallByPairs(x: readonly number[], y: readonly number[]): number {
  let [agreement, untiedX, untiedY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const dx = Math.sign((x[i] as number) - (x[j] as number));
      const dy = Math.sign((y[i] as number) - (y[j] as number));
      agreement += dx * dy;
      untiedX += Math.abs(dx);
      untiedY += Math.abs(dy);
    }
  }
  return agreement / Math.sqrt(untiedX * untiedY);
}

/** Equal up to rounding; NaN equals NaN. */
function expectSame(actual: number, expected: number): void {
  if (Number.isNaN(expected)) expect(actual).toBeNaN();
  else expect(actual).toBeCloseTo(expected, 12);
}

/** Pairs of values from a small range, so that ties are the rule. */
const tiedPairs = fc.array(
  fc.tuple(fc.integer({ min: -3, max: 5 }), fc.integer({ min: 0, max: 9 })),
  {
    maxLength: 60,
  },
);

describe('R34 kendallTauB', () => {
  it('gives the hand-computed values', () => {
    expect(kendallTauB([1, 2, 3, 4, 5], [1, 3, 2, 5, 4])).toBeCloseTo(0.6, 14);
    expect(kendallTauB([1, 1, 2, 3], [1, 2, 2, 3])).toBeCloseTo(0.8, 14);
    expect(kendallTauB([1, 2, 3], [6, 5, 4])).toBe(-1);
  });

  it('agrees with the definition on lists with ties', () => {
    fc.assert(
      fc.property(tiedPairs, (pairs) => {
        const x = pairs.map(([a]) => a);
        const y = pairs.map(([, b]) => b);
        expectSame(kendallTauB(x, y), kendallByPairs(x, y));
      }),
    );
  });

  it('agrees with the definition on real values', () => {
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(-0));
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 30 }), (pairs) => {
        const x = pairs.map(([a]) => a);
        const y = pairs.map(([, b]) => b);
        expectSame(kendallTauB(x, y), kendallByPairs(x, y));
      }),
    );
  });

  it('is NaN where there is nothing to order', () => {
    expect(kendallTauB([], [])).toBeNaN();
    expect(kendallTauB([1], [2])).toBeNaN();
    expect(kendallTauB([1, 1, 1], [1, 2, 3])).toBeNaN();
    expect(kendallTauB([1, 2, 3], [4, 4, 4])).toBeNaN();
  });

  it('refuses NaN by index, and lists of different lengths', () => {
    expect(() => kendallTauB([1, 2, 3], [1, 2, Number.NaN])).toThrow('value 2 of 3: it is NaN');
    expect(() => kendallTauB([1, 2], [1])).toThrow('got 2 and 1');
  });

  it('ranks infinities', () => {
    const infinity = Number.POSITIVE_INFINITY;
    expect(kendallTauB([-infinity, 0, infinity, infinity], [1, 2, 3, 4])).toBeCloseTo(
      5 / Math.sqrt(30),
      14,
    );
  });
});

describe('R34 spearman', () => {
  it('gives the hand-computed values', () => {
    // 1 - 6 Σd² / (n (n² - 1)), d² = 0 + 1 + 1 + 1 + 1
    expect(spearman([1, 2, 3, 4, 5], [1, 3, 2, 5, 4])).toBeCloseTo(0.8, 14);
    // ranks 1.5 1.5 3 4 and 1 2.5 2.5 4: Pearson 3.75 / 4.5
    expect(spearman([1, 1, 2, 3], [1, 2, 2, 3])).toBeCloseTo(3.75 / 4.5, 14);
    expect(spearman([1, 2, 3], [6, 5, 4])).toBeCloseTo(-1, 14);
  });

  it('sees only the order', () => {
    expect(spearman([0.1, 0.2, 0.9, 0.3], [-5, 100, 3, 4])).toBe(
      spearman([1, 2, 400, 3], [0, 9, 1, 2]),
    );
  });

  it('is NaN where there is nothing to order', () => {
    expect(spearman([], [])).toBeNaN();
    expect(spearman([1, 1], [1, 2])).toBeNaN();
    expect(() => spearman([Number.NaN], [1])).toThrow('value 0 of 1');
  });
});

describe('R34 precisionAtTop', () => {
  const ids = ['a', 'b', 'c', 'd'];

  it('is the overlap of the two top lists', () => {
    expect(precisionAtTop([4, 3, 2, 1], [4, 1, 3, 2], ids, 0.5)).toEqual({
      value: 0.5,
      low: 0.5,
      high: 0.5,
    });
  });

  it('prefers the smaller id among tied values, whatever the order of the list', () => {
    // a and c are tied for the second place of the prediction; the truth's best are b and a.
    expect(precisionAtTop([1, 2, 1, 0], [3, 4, 2, 1], ids, 0.5)).toEqual({
      value: 1,
      low: 0.5,
      high: 1,
    });
    const reversed = precisionAtTop([0, 1, 2, 1], [1, 2, 4, 3], ['d', 'c', 'b', 'a'], 0.5);
    expect(reversed).toEqual({ value: 1, low: 0.5, high: 1 });
  });

  it('compares number ids as numbers', () => {
    expect(precisionAtTop([1, 1], [1, 0], [9, 10], 0.5).value).toBe(1);
    expect(precisionAtTop([1, 1], [1, 0], ['9', '10'], 0.5).value).toBe(0);
  });

  it('takes ⌊n · fraction⌋ architectures, and has no value for none', () => {
    const n = 100;
    const values = Array.from({ length: n }, (_, i) => i);
    const shifted = values.map((value) => (value + 71) % n);
    // 29 % of 100 are 29, though 0.29 * 100 < 29: the top lists {71…99} and {0…28} are disjoint.
    expect(precisionAtTop(values, shifted, values, 0.29).value).toBe(0);
    expect(precisionAtTop(values, shifted, values, 1).value).toBe(1);
    expect(precisionAtTop([1, 2], [1, 2], ['a', 'b'], 0.1).value).toBeNaN();
  });

  it('refuses fractions outside (0, 1]', () => {
    expect(() => precisionAtTop([1], [1], ['a'], 5)).toThrow('got 5');
  });
});

describe('R34 denseRanks', () => {
  it('gives equal values equal ranks, -0 and 0 too', () => {
    expect([...denseRanks([3, -0, 10, 0, 3])]).toEqual([1, 0, 2, 0, 1]);
  });
});
