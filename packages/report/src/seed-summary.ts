import { type Summary, summarise, type Table } from '@archer-nas/core';
import { flatMetrics } from './flat-metrics.ts';
import { interval, spread } from './number-text.ts';
import type { RunRecord } from './record.ts';

/** Every metric of an experiment over its finished runs, one per seed. */
export function summariseSeeds(records: readonly RunRecord[]): ReadonlyMap<string, Summary> {
  const runs = records.map(flatMetrics);
  const keys = new Set(runs.flatMap((metrics) => [...metrics.keys()]));
  return new Map(
    [...keys].map((key) => [key, summarise(runs.flatMap((metrics) => metrics.get(key) ?? []))]),
  );
}

/** The same as a table: n, mean ± std and the 95 % t-interval. */
export function seedTable(records: readonly RunRecord[]): Table {
  return {
    title: 'over seeds',
    columns: ['metric', 'n', 'mean ± std', '95 % interval'],
    rows: [...summariseSeeds(records)].map(([metric, { n, mean, std, low, high }]) => [
      metric,
      n,
      spread(mean, std),
      interval(low, high),
    ]),
  };
}
