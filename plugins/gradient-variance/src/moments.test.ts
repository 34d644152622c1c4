import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { copied, meanVariance, noMoments, observed } from './moments.ts';

const after = (observations: readonly (readonly number[])[]) =>
  observations.reduce(observed, noMoments(observations[0]?.length ?? 0));

/** Σ (x − x̄)² / (n − 1), x̄ first: what the running formula has to come to. */
function twoPass(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
}

describe('running moments', () => {
  it('are mean and variance: 1, 2, 3, 4 has 2.5 and 5/3', () => {
    const moments = after([[1], [2], [3], [4]]);
    expect(moments.mean[0]).toBeCloseTo(2.5, 12);
    expect(meanVariance(moments)).toBeCloseTo(5 / 3, 12);
  });

  it.each([
    [0, 'small'],
    [1e7, 'large'],
  ])(
    'equal the two passes over all observations around %d, where sums of squares do not',
    (offset) => {
      const stream = createStreams(3).stream('observations');
      const rows = Array.from({ length: 200 }, () =>
        Array.from({ length: 3 }, (_, i) => offset + (i + 1) * stream.float()),
      );
      const columns = [0, 1, 2].map((i) => rows.map((row) => row[i] as number));
      const expected = columns.map(twoPass);
      const { squares, n } = after(rows);
      for (const [i, one] of expected.entries()) {
        expect((squares[i] as number) / (n - 1) / one).toBeCloseTo(1, 8);
      }
      const naive = columns.map((x) => {
        const sum = x.reduce((total, one) => total + one, 0);
        return (x.reduce((total, one) => total + one * one, 0) - (sum * sum) / n) / (n - 1);
      });
      const error = Math.max(...naive.map((one, i) => Math.abs(one / (expected[i] as number) - 1)));
      expect(error > 1e-6).toBe(offset > 0);
    },
  );

  it('are averaged over elements, and say nothing of fewer than two observations', () => {
    expect(
      meanVariance(
        after([
          [1, 5],
          [3, 5],
        ]),
      ),
    ).toBe(1); // variances 2 and 0
    expect(meanVariance(after([[7]]))).toBeNaN();
  });

  it('of a copy stay as they are', () => {
    const moments = after([[1], [2]]);
    const copy = copied(moments);
    observed(moments, [100]);
    expect(meanVariance(copy)).toBe(0.5);
  });
});
