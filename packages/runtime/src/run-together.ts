import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { EXIT, isArcherError } from '@archer-nas/core';
import { launchRuns, recordIn } from './launch-run.ts';
import { type RunOptions, type RunSummary, run } from './run.ts';
import { planRun, type RunPlan } from './run-plan.ts';
import { type Place, placeOf } from './seed-place.ts';
import { parseDuration, stopWhen } from './stop.ts';

/**
 * Runs several manifests, or points of a sweep: those that ask for the same launcher as tasks of
 * one launch, so that it always has enough to do; otherwise one after the other, until one is
 * stopped. One that fails stops no other; its summary says why.
 *
 * @param all share what concerns this process: time, signal, threads
 * @returns one summary for each that was begun, in their order
 * @throws ArcherError with the exit code that the command line uses, before anything runs
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
  for (const [i, options] of all.entries()) {
    const leftMs = maxTimeMs && Math.max(maxTimeMs - (performance.now() - startMs), 1);
    const own = { ...options, maxTime: leftMs && leftMs / 1000 };
    const summary = await runOrFail(own, plans[i] as RunPlan);
    summaries.push(summary);
    if (summary.status === 'interrupted' || summary.status === 'time-up') break;
  }
  return summaries;
}

/** A run whose failure is told, as that of a launched one is, and not thrown. */
async function runOrFail(options: RunOptions, plan: RunPlan): Promise<RunSummary> {
  const places = plan.seeds.map((seed) => placeOf(plan, seed, options.attempt));
  try {
    return await run(options);
  } catch (error) {
    const exitCode = isArcherError(error) ? error.exit : EXIT.failed;
    const reason = isArcherError(error) ? error.message : String(error);
    // Seeds run in order.
    const [first] = places as [Place];
    const { seed, folder } = places.find((one) => !existsSync(one.folder.result)) ?? first;
    const message = `${plan.point ?? plan.manifest.name}, seed ${seed} failed: ${reason}`;
    options.onEvent?.({ type: 'warning', message });
    const records = places.flatMap((one) => recordIn(one.folder) ?? []);
    const failed = [{ seed, folder: folder.root, reason, starts: 1, exitCode }];
    return { status: 'failed', exitCode, records, failed, plan };
  }
}
