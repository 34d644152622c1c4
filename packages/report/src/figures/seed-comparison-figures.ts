import type { Summary } from '@archer-nas/core';
import { type Chart, drawable, type Point } from '../chart/chart.ts';
import type { MetricBySeed, SeedComparison } from '../seed-comparison.ts';
import type { StudySeries } from '../study-series.ts';
import { bounds, fileStem, spreadOver } from './over-seeds.ts';

/**
 * A chart per metric of a comparison, mean and 95 % t-interval over seeds: a line per experiment
 * over the search where the metric has a course, a bar per experiment otherwise.
 */
export function seedComparisonFigures(comparison: SeedComparison): readonly Chart[] {
  const { names, metrics, series } = comparison;
  return metrics.flatMap((one) => {
    const course = series.find(({ metric }) => metric === one.metric);
    const chart = course === undefined ? ends(one, names) : lines(course, names);
    return drawable(chart) ?? [];
  });
}

function lines({ metric, unit, points }: StudySeries, names: readonly string[]): Chart {
  const series = names.map((name, side) => ({
    name,
    points: points.flatMap(({ at, summaries }) => pointsOf(summaries[side], at)),
  }));
  const seeds = points.flatMap(({ summaries }) => summaries.map(({ n }) => n));
  return {
    ...headOf(metric, seeds, ` by ${unit}`),
    ...{ kind: 'lines', x: { title: unit }, y: { title: metric }, series },
  };
}

function pointsOf(summary: Summary | undefined, x: number): Point[] {
  if (summary === undefined || summary.n === 0) return [];
  return [{ x, y: summary.mean, ...bounds(summary) }];
}

function ends({ metric, summaries }: MetricBySeed, names: readonly string[]): Chart {
  const series = summaries.flatMap((summary, side) => {
    const points = [{ x: summary.mean, y: 0, ...bounds(summary) }];
    return summary.n === 0 ? [] : [{ name: names[side] ?? '', points }];
  });
  const seeds = summaries.map(({ n }) => n);
  return {
    ...headOf(metric, seeds, ''),
    ...{ kind: 'intervals', x: { title: metric }, y: { title: '' }, series },
  };
}

function headOf(metric: string, counts: readonly number[], by: string) {
  const summary = `${metric}${by}, ${spreadOver(Math.max(0, ...counts))}.`;
  return { name: `compare-${fileStem(metric)}`, title: metric, summary } as const;
}
