import { type Summary, summarise } from '@archer-nas/core';
import { findMetric, flatMetrics } from './flat-metrics.ts';
import type { RunRecord } from './record.ts';

/** The one number of an experiment, over its runs or with the interval that a run gives. */
export interface Headline {
  readonly metric: string;
  readonly summary: Summary;
  /** What the interval is taken over; absent where there is none. */
  readonly over?: 'seeds' | 'the run itself';
}

/**
 * The metric that the manifest expects something of, or else the first with an interval of its
 * own, or else the first of the best architecture, or the size of a front. Nothing while no run
 * is finished.
 */
export function headline(records: readonly RunRecord[]): Headline | undefined {
  const finished = records.filter(({ result }) => result !== undefined);
  const [first] = finished;
  if (first === undefined) return undefined;
  const expected = (first.manifest?.expect ?? []).map(({ metric }) => metric);
  const keys = [...flatMetrics(first).keys()];
  const own = keys.filter((key) => keys.includes(`${key}-low`));
  const { best = [], metrics = {} } = first.result?.search ?? {};
  const last = best.length > 1 ? ['front-size'] : Object.keys(best[0]?.metrics ?? metrics);
  for (const metric of [...expected, ...own, ...last]) {
    const values = finished.flatMap((record) => metricOf(record, metric) ?? []);
    if (values.length > 0 && values.every(Number.isFinite)) return about(metric, values, first);
  }
  return undefined;
}

function about(metric: string, values: readonly number[], first: RunRecord): Headline {
  const summary = summarise(values);
  if (values.length > 1) return { metric, summary, over: 'seeds' };
  const [low, high] = [metricOf(first, `${metric}-low`), metricOf(first, `${metric}-high`)];
  if (low === undefined || high === undefined) return { metric, summary };
  return { metric, summary: { ...summary, low, high }, over: 'the run itself' };
}

function metricOf(record: RunRecord, metric: string): number | undefined {
  const found = findMetric(record, metric);
  if (found.status === 'one') return found.value;
  return record.result?.search.best[0]?.metrics[metric];
}
