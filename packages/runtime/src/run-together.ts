import { isDeepStrictEqual } from 'node:util';
import { launchRuns } from './launch-run.ts';
import { type RunOptions, type RunSummary, run } from './run.ts';
import { planRun } from './run-plan.ts';
import { placeOf } from './seed-place.ts';
import { parseDuration, stopWhen } from './stop.ts';

/**
 * Runs several manifests, or points of a sweep: those that ask for the same launcher as tasks of
 * one launch, so that it always has enough to do; otherwise one after the other, until one is
 * stopped or, without a launcher, fails.
 *
 * @param all share what concerns this process: time, signal, threads
 * @returns one summary for each that was begun, in their order
 * @throws ArcherError with the exit code that the command line uses
 */
export async function runTogether(all: readonly RunOptions[]): Promise<readonly RunSummary[]> {
  const [first] = all;
  if (first === undefined) return [];
  // Before anything runs: what is wrong with the last is known before the first.
  const plans = await Promise.all(all.map(planRun));
  const launchers = plans.map(({ resolved }) => resolved.manifest.launcher);
  const maxTimeMs = first.maxTime === undefined ? undefined : parseDuration(first.maxTime);
  if (launchers[0] && launchers.every((one) => isDeepStrictEqual(one, launchers[0]))) {
    const stop = stopWhen(first.signal, maxTimeMs);
    return launchRuns(
      plans.map((plan, i) => {
        const options = all[i] as RunOptions;
        const emit = options.onEvent ?? (() => {});
        for (const message of plan.warnings) emit({ type: 'warning', message });
        const places = plan.seeds.map((seed) => placeOf(plan, seed, options.attempt));
        return { plan, places, options, emit, stop };
      }),
    );
  }
  const startMs = performance.now();
  const summaries: RunSummary[] = [];
  for (const options of all) {
    const leftMs = maxTimeMs && Math.max(maxTimeMs - (performance.now() - startMs), 1);
    const summary = await run({ ...options, maxTime: leftMs && leftMs / 1000 });
    summaries.push(summary);
    if (summary.status === 'interrupted' || summary.status === 'time-up') break;
  }
  return summaries;
}
