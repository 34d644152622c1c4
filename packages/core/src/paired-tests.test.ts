import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm, wilcoxonSignedRank } from './paired-tests.ts';

/** The two-sided p value by going through all signs. */
function byEnumeration(differences: readonly number[]): number {
  const sizes = differences.filter((value) => value !== 0).map(Math.abs);
  const ranks = sizes.map((size) => {
    const below = sizes.filter((other) => other < size).length;
    const equal = sizes.filter((other) => other === size).length;
    return below + (equal + 1) / 2;
  });
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const sumOf = (mask: number): number =>
    ranks.reduce((sum, rank, i) => sum + ((mask >> i) & 1 ? rank : 0), 0);
  const observed = differences
    .filter((value) => value !== 0)
    .reduce((sum, value, i) => sum + (value > 0 ? (ranks[i] as number) : 0), 0);
  const extreme = Math.min(observed, total - observed);
  const masks = Array.from({ length: 2 ** sizes.length }, (_, mask) => mask);
  const low = masks.filter((mask) => sumOf(mask) <= extreme).length;
  return Math.min(1, (2 * low) / masks.length);
}

describe('wilcoxonSignedRank', () => {
  it('is the exact two-sided p value, with ties and zeros', () => {
    const differences = fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 9 });
    fc.assert(
      fc.property(differences, (values) => {
        expect(wilcoxonSignedRank(values).p).toBeCloseTo(byEnumeration(values), 12);
      }),
    );
  });

  it('needs at least six pairs for p below 0.05', () => {
    expect(wilcoxonSignedRank([1, 2, 3, 4, 5]).p).toBe(0.0625);
    expect(wilcoxonSignedRank([1, 2, 3, 4, 5, 6]).p).toBe(0.03125);
  });

  it('does not change with the sign, and stays finite for many pairs', () => {
    const values = Array.from({ length: 500 }, (_, i) => Math.sin(i) + 0.1);
    const { p, n } = wilcoxonSignedRank(values);
    expect(n).toBe(500);
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThan(0.01);
    expect(wilcoxonSignedRank(values.map((value) => -value)).p).toBe(p);
  });

  it('has nothing to say of no differences, and refuses NaN', () => {
    expect(wilcoxonSignedRank([0, 0])).toEqual({ n: 0, positive: 0, p: 1 });
    expect(() => wilcoxonSignedRank([Number.NaN])).toThrow(RangeError);
  });
});

describe('holm', () => {
  it('multiplies by the tests that are left, and never falls', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((p, i) => {
      expect(adjusted[i]).toBeCloseTo(p, 12);
    });
    expect(holm([0.6, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
