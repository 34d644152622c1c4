import { existsSync } from 'node:fs';
import { EXIT, type ExitCode, type Task } from '@archer-nas/core';
import type { OnEvent } from './events.ts';
import type { Exhibit } from './exhibits.ts';
import { launchRuns } from './launch-run.ts';
import { type EngineSettings, startPlannedEngine } from './planned-engine.ts';
import { type RunRecord, readRun } from './read-run.ts';
import { beginsAgain } from './restart.ts';
import { runOne } from './run-one.ts';
import { type PlanOptions, planRun, type RunPlan } from './run-plan.ts';
import { isFinishedBefore, type Place, placeOf } from './seed-place.ts';
import { exitCodeOf, parseDuration, type StopReason, stopWhen } from './stop.ts';

/** Options of {@link run}. */
export interface RunOptions extends PlanOptions, EngineSettings {
  /** Stop after this long, with a checkpoint: seconds, or text such as `45m`. */
  readonly maxTime?: number | string | undefined;
  /** The run is finished and goes on with a larger budget of its strategy. @see extend */
  readonly extend?: boolean | undefined;
  /** Begin again from zero; what is in the run folder is deleted, once the new run can begin. */
  readonly restart?: boolean | undefined;
  /** Go on although manifest, plugins, data, engine or Node.js changed; it is journalled. */
  readonly acceptDrift?: boolean | undefined;
  /** Milliseconds between checkpoints; 60,000 unless given. */
  readonly checkpointMs?: number | undefined;
  /** Also checkpoint after every so many steps. */
  readonly checkpointEvery?: number | undefined;
  /** Aborts: the run stops after the step in progress, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The first unless given. `new`: of a finished run another one, in a folder of its own and
   * with the same seed; reports count the first that is finished. A new one that was
   * interrupted goes on.
   */
  readonly attempt?: number | 'new' | undefined;
  readonly onEvent?: OnEvent | undefined;
  /** Makes what a tracker shows of a finished run besides metrics and tables. */
  readonly exhibit?: Exhibit | undefined;
  /**
   * A command line that runs one seed of this run without a launcher and may be run again: what
   * a launcher starts. Its paths are absolute.
   */
  readonly seedCommand?: ((seed: number) => Task['command']) | undefined;
  /** Variables for the processes of seeds: what a command line must not show. */
  readonly seedEnvironment?: Task['env'] | undefined;
}

/** A seed whose process gave up, or was killed too often. */
export interface FailedSeed {
  readonly seed: number;
  readonly folder: string;
  readonly reason: string;
  /** Processes that were started for it. */
  readonly starts: number;
  readonly exitCode: ExitCode;
}

/** How a run ended. */
export interface RunSummary {
  readonly status: 'finished' | 'failed' | StopReason;
  readonly exitCode: ExitCode;
  /** One per seed that was begun, finished or not. */
  readonly records: readonly RunRecord[];
  /** Under a launcher; without one, the first failure is thrown. */
  readonly failed: readonly FailedSeed[];
  readonly plan: RunPlan;
}

/**
 * Runs a manifest: every seed in turn, or under its launcher, each in a folder of its own.
 * Running it again goes on where it stopped, and shows what is finished. A resumed run gives the same
 * science lines, checkpoints and results as one that was never interrupted.
 *
 * @throws ArcherError with the exit code that the command line uses
 */
export async function run(options: RunOptions): Promise<RunSummary> {
  const emit = options.onEvent ?? (() => {});
  const maxTimeMs = options.maxTime === undefined ? undefined : parseDuration(options.maxTime);
  const stop = stopWhen(options.signal, maxTimeMs);
  const plan = await planRun(options);
  for (const message of plan.warnings) emit({ type: 'warning', message });
  const places = plan.seeds.map((seed) => placeOf(plan, seed, options.attempt));
  if (plan.manifest.launcher && !options.extend) {
    const [summary] = await launchRuns([{ plan, places, options, emit, stop }]);
    return summary as RunSummary;
  }
  const isAnew = ({ folder }: Place): boolean =>
    options.extend === true || beginsAgain(folder, options.restart);
  const finished = places.some(isAnew) ? undefined : finishedBefore(plan, places);
  if (finished !== undefined) {
    emit({ type: 'resolved', resolved: plan.resolved, engine: undefined, seeds: plan.seeds });
    for (const record of finished) {
      emit({ type: 'result', seed: record.seed ?? 0, record, before: true });
    }
    return { status: 'finished', exitCode: EXIT.ok, records: finished, failed: [], plan };
  }
  const engine = await startPlannedEngine(plan, options);
  emit({ type: 'resolved', resolved: plan.resolved, engine, seeds: plan.seeds });
  const records: RunRecord[] = [];
  for (const place of places) {
    const { seed } = place;
    const before = !isAnew(place) && existsSync(place.folder.result);
    const reason = await runOne({ plan, engine, options, emit, stop }, place);
    const record = readRun(place.folder.root);
    records.push(record);
    if (reason !== undefined) {
      emit({ type: 'stopped', seed, reason });
      return { status: reason, exitCode: exitCodeOf(reason), records, failed: [], plan };
    }
    emit({ type: 'result', seed, record, before });
  }
  return { status: 'finished', exitCode: EXIT.ok, records, failed: [], plan };
}

/** The records, when every seed is finished and nothing changed: no engine, no data needed. */
function finishedBefore(plan: RunPlan, places: readonly Place[]): RunRecord[] | undefined {
  if (!places.every((place) => isFinishedBefore(plan, place))) return undefined;
  return places.map(({ folder }) => readRun(folder.root));
}
