import { describe, expect, it } from 'vitest';
import { record, study } from '../../test/run-record.ts';
import { compareBySeed, type Group } from '../seed-comparison.ts';
import { seedComparisonFigures } from './seed-comparison-figures.ts';

/** Runs, one per seed, whose eigenvalue was measured at each of so many steps. */
function group(name: string, eigenvalues: readonly (readonly number[])[]): Group {
  const runs = eigenvalues.map((values, seed) =>
    record({ seed, studies: values.map((eigenvalue, at) => study({ eigenvalue }, 1, at + 1)) }),
  );
  return { name, runs };
}

describe('charts of a comparison', () => {
  const a = group('a', [
    [1, 5],
    [3, 7],
  ]);

  it('have a line per experiment where a metric has a course, with its interval over seeds', () => {
    const comparison = compareBySeed([a, group('b', [[2, 4]])], ['eigenvalue']);
    const [chart, ...others] = seedComparisonFigures(comparison);
    expect(others).toEqual([]);
    expect(chart).toMatchObject({
      name: 'compare-eigenvalue',
      summary: 'eigenvalue by step, mean and 95 % interval over 2 seeds.',
      kind: 'lines',
      x: { title: 'step' },
      series: [
        {
          name: 'a',
          points: [
            { x: 1, y: 2 },
            { x: 2, y: 6 },
          ],
        },
        {
          name: 'b',
          points: [
            { x: 1, y: 2 },
            { x: 2, y: 4 },
          ],
        },
      ],
    });
    // Mean 2, std √2, n 2: 2 ± 12.706 √2 / √2. One seed has no interval.
    expect(chart?.series[0]?.points[0]?.high).toBeCloseTo(14.706, 3);
    expect(chart?.series[1]?.points[0]).toEqual({ x: 1, y: 2 });
  });

  it('have a bar per experiment where it has none', () => {
    const comparison = compareBySeed([group('a', [[1], [3]]), group('b', [[2]])], ['eigenvalue']);
    expect(seedComparisonFigures(comparison)).toMatchObject([
      {
        kind: 'intervals',
        x: { title: 'eigenvalue' },
        series: [
          { name: 'a', points: [{ x: 2, y: 0 }] },
          { name: 'b', points: [{ x: 2, y: 0 }] },
        ],
      },
    ]);
  });

  it('are files of their own, whatever a metric is called', () => {
    const names = seedComparisonFigures(compareBySeed([a], ['rank.1/eigenvalue']));
    expect(names.map(({ name }) => name)).toEqual(['compare-rank-1-eigenvalue']);
  });
});
