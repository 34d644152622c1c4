import type { Table } from '@archer-nas/core';
import { metricKey, wrongNames } from './named-metric.ts';
import { interval, spread } from './number-text.ts';
import type { RunRecord } from './record.ts';
import { summariseSeeds } from './seed-summary.ts';

/** One point of a sweep with its runs. */
export interface SweepEntry {
  readonly point: string;
  readonly records: readonly RunRecord[];
}

/**
 * What came out at each point, a row per metric and point: n, mean ± std over seeds, 95 %
 * t-interval. Points without a finished run have n = 0.
 * @param metrics only these, by key or by a name that is one metric's alone; all when absent
 */
export function sweepTable(
  title: string,
  entries: readonly SweepEntry[],
  metrics?: readonly string[],
): Table {
  const points = entries.map(({ point, records }) => ({ point, of: summariseSeeds(records) }));
  const all = new Set(points.flatMap(({ of }) => [...of.keys()]));
  const runs = entries.flatMap(({ records }) => records);
  const keys = metrics?.map((name) => metricKey(name, runs)) ?? [...all];
  return {
    title,
    columns: ['metric', 'point', 'n', 'mean ± std', '95 % interval'],
    rows: keys.flatMap((key) =>
      points.map(({ point, of }) => {
        const summary = of.get(key);
        if (summary === undefined) return [key, point, 0, null, null];
        const { n, mean, std, low, high } = summary;
        return [key, point, n, spread(mean, std), interval(low, high)];
      }),
    ),
    notes: ['mean ± std over seeds', ...wrongNames(metrics ?? [], runs)],
  };
}
