import type { Table } from '@archer-nas/core';
import type { Chart } from './chart.ts';

/** What a chart draws, as a table: a row per point. */
export function chartTable({ title, kind, x, y, series }: Chart): Table {
  const spread = series.some(({ points }) => points.some(({ low }) => low !== undefined));
  const several = series.length > 1 || kind === 'intervals';
  const values = kind === 'intervals' ? [x.title] : [x.title, y.title];
  return {
    title,
    columns: [...(several ? ['series'] : []), ...values, ...(spread ? ['low', 'high'] : [])],
    rows: series.flatMap(({ name, points }) =>
      points.map((point) => [
        ...(several ? [name] : []),
        ...(kind === 'intervals' ? [point.x] : [point.x, point.y]),
        ...(spread ? [point.low ?? null, point.high ?? null] : []),
      ]),
    ),
  };
}
