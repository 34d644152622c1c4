import { describe, expect, it } from 'vitest';
import { type Chart, drawable, thinned } from './chart.ts';
import { chartTable } from './chart-table.ts';

const chart: Chart = {
  name: 'loss',
  title: 'loss',
  summary: '',
  kind: 'lines',
  x: { title: 'step' },
  y: { title: 'loss' },
  series: [{ name: 'seed 0', points: [{ x: 1, y: 3 }] }],
};
const withPoints = (
  points: Chart['series'][number]['points'],
  more: Partial<Chart> = {},
): Chart => ({
  ...chart,
  ...more,
  series: [{ name: 'seed 0', points }],
});

describe('thinned', () => {
  it('leaves short series as they are', () => {
    const points = [1, 2, 3].map((x) => ({ x, y: x }));
    expect(thinned(points, 3)).toBe(points);
  });

  it('takes the mean of each stretch, with its smallest and largest value', () => {
    const points = [5, 1, 4, 2, 9, 7].map((y, x) => ({ x, y }));
    expect(thinned(points, 2)).toEqual([
      { x: 1, y: 10 / 3, low: 1, high: 5 },
      { x: 4, y: 6, low: 2, high: 9 },
    ]);
  });

  it('uses every point once, also where stretches are unequal', () => {
    const points = Array.from({ length: 1000 }, (_, x) => ({ x, y: 1 }));
    const few = thinned(points, 7);
    expect(few).toHaveLength(7);
    const [first, last] = [few[0], few.at(-1)];
    expect(first?.x).toBe(70.5); // the mean of 0 to 141
    expect(last?.x).toBe(928); // the mean of 857 to 999
  });
});

describe('drawable', () => {
  it('leaves out what has no place on the axes', () => {
    const points = [
      { x: 1, y: Number.NaN },
      { x: 0, y: 1 },
      { x: 2, y: 3 },
      { x: 3, y: 4, low: Number.NEGATIVE_INFINITY },
    ];
    expect(drawable(withPoints(points), 1)?.series[0]?.points).toHaveLength(2);
    const log = { x: { title: 'step', log: true } };
    expect(drawable(withPoints(points, log), 1)?.series[0]?.points).toEqual([{ x: 2, y: 3 }]);
  });

  it('is nothing where too little is left', () => {
    expect(drawable(chart)).toBeUndefined();
    expect(drawable(withPoints([{ x: 1, y: Number.NaN }]), 1)).toBeUndefined();
  });
});

describe('chartTable', () => {
  it('has a row per point, and names series where there are several', () => {
    expect(chartTable(chart)).toMatchObject({ columns: ['step', 'loss'], rows: [[1, 3]] });
    const two = {
      ...chart,
      series: [...chart.series, { name: 'b', points: [{ x: 1, y: 2, low: 1, high: 3 }] }],
    };
    expect(chartTable(two)).toMatchObject({
      columns: ['series', 'step', 'loss', 'low', 'high'],
      rows: [
        ['seed 0', 1, 3, null, null],
        ['b', 1, 2, 1, 3],
      ],
    });
  });
});
