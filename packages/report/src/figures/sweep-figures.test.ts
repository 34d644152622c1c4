import { describe, expect, it } from 'vitest';
import { record } from '../../test/run-record.ts';
import { sweepFigures } from './sweep-figures.ts';

const at = (point: string, ...values: number[]) => ({
  point,
  records: values.map((value, seed) => record({ seed, metrics: { 'gradient-variance': value } })),
});

describe('charts of a sweep', () => {
  it('lie over the number in the names of points, with interval over seeds', () => {
    const entries = [at('candidates-10', 5, 7), at('candidates-2', 1, 3)];
    const [chart, ...others] = sweepFigures(entries, ['gradient-variance']);
    expect(others).toEqual([]);
    expect(chart).toMatchObject({
      name: 'sweep-gradient-variance',
      kind: 'lines',
      x: { title: 'candidates' },
      series: [
        {
          points: [
            { x: 2, y: 2 },
            { x: 10, y: 6 },
          ],
        },
      ],
    });
    // Mean 2, std √2, n 2: 2 ± 12.706 √2 / √2.
    expect(chart?.series[0]?.points[0]?.high).toBeCloseTo(14.706, 3);
  });

  it('show other points side by side, by name', () => {
    const entries = [at('pa-only', 1, 1), at('da-only', 2, 2)];
    expect(sweepFigures(entries, ['gradient-variance'])).toMatchObject([
      {
        kind: 'intervals',
        x: { title: 'gradient-variance' },
        series: [
          { name: 'pa-only', points: [{ x: 1, low: 1, high: 1 }] },
          { name: 'da-only', points: [{ x: 2 }] },
        ],
      },
    ]);
    const mixed = sweepFigures([at('lr-0-1', 1), at('lr-0-05', 2)], ['gradient-variance']);
    expect(mixed).toMatchObject([{ kind: 'intervals' }]);
  });

  it('have no interval of one seed, and need two points', () => {
    const [chart] = sweepFigures([at('n-1', 4), at('n-2', 5)], ['gradient-variance']);
    expect(chart?.series[0]?.points).toEqual([
      { x: 1, y: 4 },
      { x: 2, y: 5 },
    ]);
    expect(sweepFigures([at('n-1', 4), at('n-2')], ['gradient-variance'])).toEqual([]);
  });

  it('are of every metric where none is named', () => {
    const names = sweepFigures([at('n-1', 4), at('n-2', 5)]).map(({ title }) => title);
    expect(names).toEqual(['loss', 'gradient-variance', 'rank.0/kendall-tau']);
  });
});
