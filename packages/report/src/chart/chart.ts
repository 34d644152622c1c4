import { mean } from '@archer-nas/core';

/** One value of a series; `low` and `high` where it has an interval or a spread. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** Values that belong together: a seed, an arm, an operation. */
export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** What is measured along one side of a chart. */
export interface Axis {
  readonly title: string;
  readonly log?: boolean;
}

/**
 * A chart, before it is drawn. `lines` join the points of each series in the order of x;
 * `points` do not; `intervals` have one series per row, named at its left, with x along the
 * bottom and `low` to `high` as a bar.
 */
export interface Chart {
  /** Names its files; unlike the names of other charts of the same run. */
  readonly name: string;
  readonly title: string;
  /** What it shows in one sentence: for those who do not see it. */
  readonly summary: string;
  readonly kind: 'lines' | 'points' | 'intervals';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Marks a value along x, like that of pure chance. */
  readonly reference?: number;
}

/** Points that a series keeps; what is between them is in their spread. */
export const MAX_POINTS = 120;

/**
 * A series with at most {@link MAX_POINTS}: as many equal stretches, each the mean of its points
 * with the smallest and the largest as `low` and `high`. Shorter ones are given back unchanged.
 */
export function thinned(points: readonly Point[], most = MAX_POINTS): readonly Point[] {
  if (points.length <= most) return points;
  return Array.from({ length: most }, (_, i) => {
    const from = Math.floor((i * points.length) / most);
    const stretch = points.slice(from, Math.floor(((i + 1) * points.length) / most));
    const ys = stretch.map(({ y }) => y);
    return {
      x: mean(stretch.map(({ x }) => x)),
      y: mean(ys),
      low: Math.min(...stretch.map(({ y, low }) => low ?? y)),
      high: Math.max(...stretch.map(({ y, high }) => high ?? y)),
    };
  });
}

/** The chart with only finite points, or `undefined` when fewer than `least` are left. */
export function drawable(chart: Chart, least = 2): Chart | undefined {
  const series = chart.series
    .map(({ name, points }) => ({ name, points: points.filter((p) => isShown(p, chart)) }))
    .filter(({ points }) => points.length > 0);
  const count = series.reduce((sum, { points }) => sum + points.length, 0);
  return count < least ? undefined : { ...chart, series };
}

function isShown({ x, y, low = y, high = y }: Point, chart: Chart): boolean {
  if (![x, y, low, high].every(Number.isFinite)) return false;
  return (chart.x.log !== true || x > 0) && (chart.y.log !== true || (y > 0 && low > 0));
}
