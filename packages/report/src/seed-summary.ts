import { type Summary, summarise, type Table } from '@archer-nas/core';
import { flatMetrics } from './flat-metrics.ts';
import { interval, spread } from './number-text.ts';
import type { RunRecord } from './record.ts';

/** A metric over seeds, with its extremes; NaN where a seed gave NaN. */
export interface SeedSummary extends Summary {
  readonly min: number;
  readonly max: number;
}

/** Every metric of an experiment over its finished runs, one per seed. */
export function summariseSeeds(records: readonly RunRecord[]): ReadonlyMap<string, SeedSummary> {
  const runs = records.map(flatMetrics);
  const keys = new Set(runs.flatMap((metrics) => [...metrics.keys()]));
  return new Map(
    [...keys].map((key) => {
      const values = runs.flatMap((metrics) => metrics.get(key) ?? []);
      return [key, { ...summarise(values), min: Math.min(...values), max: Math.max(...values) }];
    }),
  );
}

/** The same as a table: n, mean ± std, the 95 % t-interval, and the extremes. */
export function seedTable(records: readonly RunRecord[]): Table {
  return {
    title: 'over seeds',
    columns: ['metric', 'n', 'mean ± std', '95 % interval', 'min', 'max'],
    rows: [...summariseSeeds(records)].map(([metric, { n, mean, std, low, high, min, max }]) => [
      metric,
      n,
      spread(mean, std),
      interval(low, high),
      min,
      max,
    ]),
  };
}
