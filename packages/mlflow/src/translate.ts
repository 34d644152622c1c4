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
 * their names and come by its progress. A study `study:0:rank` is asked of a search, perhaps
 * more than once: its answers are `rank.0/<name>` by the search's progress, and what it
 * measures on the way is `rank.0.steps/<name>` by its own.
 *
 * @param timestamp milliseconds since 1970; the same at every retry, so that the server can
 *   tell a repeated point from a new one
 */
export function translate(line: JournalLine, timestamp: number): Entry | undefined {
  if (line.kind !== 'science' || !isTree(line.body) || !isTree(line.body.metrics)) return undefined;
  const step = stepOf(line, line.body);
  const points = Object.entries(line.body.metrics)
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
    .map(([name, value]) => ({ key: metricKey(line, name), value, timestamp, step }));
  return points.length === 0 ? undefined : { seq: line.seq, points };
}

/** The key under which a line's metric is shown. */
export function metricKey({ job, event }: JournalLine, name: string): string {
  const study = /^study:(\d+):(.+)$/.exec(job);
  if (study === null) return safeKey(name);
  const group = `${study[2]}.${study[1]}`;
  return safeKey(event === 'result' ? `${group}/${name}` : `${group}.steps/${name}`);
}

/** A study's result says in `searchAt` where the search was. */
function stepOf({ event, at }: JournalLine, body: Tree): number {
  const place = event === 'result' && typeof body.searchAt === 'number' ? body.searchAt : at;
  return Number.isFinite(place) ? Math.trunc(place ?? 0) : 0;
}

type Tree = Readonly<Record<string, unknown>>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
