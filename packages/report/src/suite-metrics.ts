import type { Table } from '@archer-nas/core';
import { metricKey, wrongNames } from './named-metric.ts';
import { spread } from './number-text.ts';
import type { RunRecord } from './record.ts';
import { summariseSeeds } from './seed-summary.ts';

/** One experiment of a suite with its runs. */
export interface SuiteRuns {
  readonly experiment: string;
  readonly records: readonly RunRecord[];
}

/**
 * A row per experiment: its finished runs, and mean ± std of the metrics over them.
 * @param metrics by key or by a name that is one metric's alone, in each experiment by itself
 */
export function suiteMetricsTable(
  title: string,
  entries: readonly SuiteRuns[],
  metrics: readonly string[],
): Table {
  const runs = entries.flatMap(({ records }) => records);
  return {
    title,
    columns: ['experiment', 'n', ...metrics],
    rows: entries.map(({ experiment, records }) => {
      const finished = records.filter(({ result }) => result !== undefined);
      const summaries = summariseSeeds(records);
      const cells = metrics.map((name) => {
        const summary = summaries.get(metricKey(name, records));
        return summary === undefined ? null : spread(summary.mean, summary.std);
      });
      return [experiment, finished.length, ...cells];
    }),
    notes: ['mean ± std over seeds', ...wrongNames(metrics, runs)],
  };
}
