import type { Leftovers, RunEnd, TrackedRun, TrackedSession, Tracker } from '@archer-nas/core';
import { RecordedRun } from '@archer-nas/testkit';
import type { Clock } from '../src/clock.ts';
import { mlflowOptions, mlflowTracker } from '../src/tracker.ts';
import type { FakeServer } from './fake-server.ts';
import { testClock } from './test-clock.ts';

export const NOTHING_LEFT: Leftovers = { unsent: [], refused: [] };

/** A run of seed 0 of `pada-nb201`, profile `quick`. */
export function recorded(facts: Partial<Omit<TrackedRun, 'folder' | 'isLive'>> = {}): RecordedRun {
  return new RecordedRun({
    ...{ experiment: 'pada-nb201', profile: 'quick', seed: 0, id: 'search-0' },
    ...{ params: { 'strategy.epochs': '4' }, tags: { 'archer.version': '0.1.0' } },
    ...facts,
  });
}

/** The points [step, value] of a search of `n` steps whose loss at step s is 1/(s+1). */
export function truth(n: number): [number, number][] {
  return Array.from({ length: n }, (_, step) => [step, 1 / (step + 1)]);
}

/** How a test's tracker differs from the usual. */
export interface Setting {
  readonly options?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly notice?: (line: string) => void;
  readonly clock?: Clock;
}

/** A tracker of this server that pauses for no time. */
export function trackerOf(
  server: FakeServer,
  { options, env = {}, notice, clock = testClock() }: Setting = {},
): Tracker {
  const given = { uri: server.url, timeoutMs: 10_000, flushMs: 0, ...options };
  return mlflowTracker(mlflowOptions.parse(given), {
    env,
    clock,
    ...(notice === undefined ? {} : { notice }),
  });
}

/** Opens a session of a run that is going on. */
export function open(server: FakeServer, run: RecordedRun, setting?: Setting): TrackedSession {
  return trackerOf(server, setting).open(run.tracked());
}

/** What `archer sync` does with a run that nobody runs. */
export function sync(
  server: FakeServer,
  run: RecordedRun,
  { end = 'finished', ...setting }: Setting & { readonly end?: RunEnd } = {},
): Promise<Leftovers> {
  const session = trackerOf(server, setting).open(run.tracked(false));
  for (const name of run.files.keys()) session.artifact(name);
  return session.close(end, 20_000);
}

/** A nested run's points as the server has them, repeated ones included. */
export function stored(server: FakeServer, key = 'loss', id = 'search-0') {
  return server
    .runWith('archer.search', id)
    .metrics.filter((metric) => metric.key === key)
    .map(({ step, value }) => [step, value]);
}
