import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { hasRealTable, publishedAccuracies } from '../test/nas-bench-201.ts';
import { type Model, mixops, search } from '../test/toy-mixops.ts';

const space = mixops([5, 5, 5, 5, 5, 5]);
const exact = 3125;

describe.skipIf(!hasRealTable)('with the NAS-Bench-201 table as oracle', () => {
  if (!hasRealTable) return;
  const table = publishedAccuracies();
  const accuracyOf = (a: Model): number => table.get(a.join('')) as number;

  const P1 = [
    ['3', 90.941],
    ['33', 91.666],
    ['333', 92.0],
    ['3331', 93.316],
    ['33313', 93.974],
    ['333132', 94.37],
  ] as const;
  const P2 = [
    [['2', 89.841]],
    [['32', 91.437]],
    [['323', 91.942]],
    [['3231', 93.279]],
    [['33312', 93.896]],
  ] as const;
  const close = (got: unknown, wanted: readonly (readonly [string, number])[]): void => {
    const pool = got as readonly (readonly [string, number])[];
    expect(pool.map(([o]) => o)).toEqual(wanted.map(([o]) => o));
    pool.forEach(([, potential], i) => {
      expect(potential).toBeCloseTo(wanted[i]?.[1] as number, 3);
    });
  };

  it('ends at the optimum of 94.37 with P = 1, stage by stage as computed by hand (C6)', () => {
    const { pools, final, scored } = search(space, { pool: 1, exact }, accuracyOf);
    pools.forEach((pool, t) => {
      close(pool, [P1[t] as (typeof P1)[number]]);
    });
    expect(final.map(({ metrics }) => metrics.accuracy)).toEqual([94.37]);
    // 5 × (3125 + 625 + 125 + 25 + 5 + 1), and the last pool once more.
    expect(scored).toHaveLength(5 * 3906 + 1);
  });

  it('ends at both optima with P = 2 (C6)', () => {
    const { pools, final } = search(space, { pool: 2, exact }, accuracyOf);
    pools.slice(0, 5).forEach((pool, t) => {
      close(pool, [P1[t] as (typeof P1)[number], ...(P2[t] ?? [])]);
    });
    close(pools[5], [
      ['333123', 94.37],
      ['333132', 94.37],
    ]);
    expect(final.map(({ metrics }) => metrics.accuracy)).toEqual([94.37, 94.37]);
  });

  it('has higher potentials and the same choices without disconnected cells (C6)', () => {
    // The table has 10 % for the 341 cells without a path, and for no others.
    const cells = { ...space, isConnected: (a: Model) => accuracyOf(a) !== 10 };
    const { pools } = search(cells, { pool: 1, exact, connected: true }, accuracyOf);
    const expected = [91.699, 92.324, 92.661, 93.316, 93.974, 94.37];
    pools.forEach((pool, t) => {
      close(pool, [[P1[t]?.[0] as string, expected[t] as number]]);
    });
  });

  it.each([
    [2, 5, 93.6, 0.94, 100],
    [5, 5, 93.84, 0.97, 100],
    [5, 20, 94.22, 0.997, 40],
  ])(
    'finds with P = %i, Z = %i and noise the median %d of our simulation',
    (pool, samples, median, share, runs) => {
      const found = Array.from({ length: runs }, (_, seed) => {
        const noise = createStreams(seed).stream('noise');
        const noisy = (a: Model) => accuracyOf(a) + 1.5 * noise.normal();
        const { pools } = search(space, { pool, samples, exact: 0 }, noisy, seed);
        return accuracyOf([...(pools[5]?.[0]?.[0] ?? '')].map(Number));
      }).sort((a, b) => a - b);
      // The median's standard error is 1.25 sd/√100, some 0.05; the share's √(0.94·0.06/100) = 0.024.
      expect(Math.abs((found[runs / 2] as number) - median)).toBeLessThan(0.2);
      const good = found.filter((accuracy) => accuracy >= 93).length / runs;
      expect(Math.abs(good - share)).toBeLessThan(0.075);
    },
  );
});
