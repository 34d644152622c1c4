import type { JournalLine } from '@archer-nas/core';
import { safeKey } from './limits.ts';
import type { Metric } from './wire.ts';

/** What one journal line means to MLflow. */
export interface Entry {
  readonly seq: number;
  readonly points: readonly Metric[];
}

/**
 * The metrics of a `science` line, or `undefined` when it has none. A search's metrics keep
 * their names; those of a study (`study:0:rank`) become `rank.0/<name>`, because two studies
 * of one kind may measure the same thing.
 *
 * @param timestamp milliseconds since 1970; the same at every retry, so that the server can
 *   tell a repeated point from a new one
 */
export function translate(line: JournalLine, timestamp: number): Entry | undefined {
  if (line.kind !== 'science' || !isTree(line.body) || !isTree(line.body.metrics)) return undefined;
  const step = Number.isFinite(line.at) ? Math.trunc(line.at ?? 0) : 0;
  const points = Object.entries(line.body.metrics)
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
    .map(([name, value]) => ({ key: metricKey(line.job, name), value, timestamp, step }));
  return points.length === 0 ? undefined : { seq: line.seq, points };
}

/** The key under which a job's metric is shown. */
export function metricKey(job: string, name: string): string {
  const study = /^study:(\d+):(.+)$/.exec(job);
  return safeKey(study ? `${study[2]}.${study[1]}/${name}` : name);
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
