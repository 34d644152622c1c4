import { existsSync } from 'node:fs';
import {
  type EngineInfo,
  EXIT,
  type ExitCode,
  nonFiniteOf,
  type RunParts,
  type State,
  type Task,
  withoutSecrets,
} from '@archer-nas/core';
import { answerCaches } from './cache.ts';
import { onDisk } from './disk-error.ts';
import { makeFolder } from './durable.ts';
import type { OnEvent } from './events.ts';
import type { Exhibit } from './exhibits.ts';
import { extendFolder } from './extension.ts';
import { DEFAULT_PROFILE } from './folders.ts';
import type { JournalWriter } from './journal.ts';
import { effectiveLines, readJournal } from './journal-reader.ts';
import { launchRuns } from './launch-run.ts';
import { awaitLock } from './lock.ts';
import { type EngineSettings, startPlannedEngine } from './planned-engine.ts';
import { type RunRecord, readRun } from './read-run.ts';
import { beginsAgain, restartName, tryBeginning } from './restart.ts';
import { writeResult } from './result-files.ts';
import { factsOf } from './run-facts.ts';
import {
  checkDrift,
  checkOwnFiles,
  clearFolder,
  type OpenOptions,
  openFolder,
} from './run-folder-session.ts';
import { type PlanOptions, planRun, type RunPlan } from './run-plan.ts';
import { resultOf } from './run-result.ts';
import { isFinishedBefore, type Place, placeOf } from './seed-place.ts';
import { createRun, runSeed, type SeedEnd } from './seed-run.ts';
import { exitCodeOf, parseDuration, type Stop, type StopReason, stopWhen } from './stop.ts';
import { Tracking, type TrackingFacts } from './tracking.ts';

const CHECKPOINT_MS = 60_000;

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

interface SeedSetting {
  readonly plan: RunPlan;
  readonly engine: EngineInfo | undefined;
  readonly options: RunOptions;
  readonly emit: OnEvent;
  readonly stop: Stop;
}

/** One seed under its lock. @returns why it stopped early */
async function runOne(setting: SeedSetting, place: Place): Promise<StopReason | undefined> {
  const { plan } = setting;
  const { folder } = place;
  onDisk(folder.root, () => makeFolder(folder.root));
  checkOwnFiles(folder);
  using _lock = await awaitLock(folder.lock, () => setting.stop.reason() !== undefined);
  const log = (line: string): void => setting.emit({ type: 'log', line });
  const parts = await createRun(plan, setting.engine, log);
  // Not without await: the lock would be released at the return.
  return await work(setting, place, parts);
}

async function work(
  { plan, engine, options, emit, stop }: SeedSetting,
  { folder, seed, attempt }: Place,
  parts: RunParts,
): Promise<StopReason | undefined> {
  const { from, resolved, fingerprint, identity } = await factsOf({ plan, seed, engine, parts });
  const acceptDrift = options.acceptDrift ?? false;
  if (beginsAgain(folder, options.restart)) {
    await tryBeginning(parts, { seed, from });
    clearFolder(folder);
  }
  if (existsSync(folder.result) && !options.extend) {
    const changes = checkDrift(folder, fingerprint, acceptDrift);
    for (const change of changes) {
      emit({
        type: 'warning',
        message: `${folder.root} is finished, before this changed: ${change}`,
      });
    }
    return undefined;
  }
  const profile = plan.profile ?? DEFAULT_PROFILE;
  const run = { profile, seed, attempt, identity };
  const facts = { ...run, folder, manifest: resolved.manifest, fingerprint };
  const tracking = new Tracking(parts.tracker, facts, emit);
  let status: 'finished' | 'failed' | 'interrupted' = 'failed';
  const opening: OpenOptions = {
    ...{ fingerprint, acceptDrift, origin: originOf(plan, run) },
    resolved: withoutSecrets(resolved.manifest),
    // Without one, a run that goes on need not read what its journal says of its steps.
    onCommit: parts.tracker && ((lines) => tracking.log(lines)),
  };
  if (options.extend) {
    const changes = await extendFolder(folder, { seed, parts, opening });
    for (const change of changes) emit({ type: 'warning', message: `extended: ${change}` });
  }
  const goOn = async (isFirst: boolean): Promise<SeedEnd> => {
    const session = openFolder(folder, opening);
    using journal = abandonedUnlessClosed(session.journal);
    const { position, keeper, resumed } = session;
    for (const message of position.warnings) emit({ type: 'warning', message });
    if (isFirst) emit({ type: 'seed', seed, folder: folder.root, resumed });
    const end = await runSeed({
      ...{ seed, parts, position, keeper, stop, emit, journal, space: parts.space, from },
      caches: answerCaches(plan),
      nonFinite: nonFiniteOf(resolved.manifest.nonFinite),
      pace: {
        checkpointMs: options.checkpointMs ?? CHECKPOINT_MS,
        checkpointEvery: options.checkpointEvery,
      },
    });
    journal.close();
    return end;
  };
  try {
    let end = await goOn(true);
    while (end === 'again') end = await goOn(false);
    const reason = end === 'done' ? undefined : end;
    if (reason === undefined) {
      const lines = effectiveLines(readJournal(folder.journal, { steps: false }).lines);
      const result = resultOf(lines, resolved, { profile, seed, identity });
      tracking.artifacts(writeResult(folder, result).keys());
      await tracking.exhibit(options.exhibit);
    }
    status = reason === undefined ? 'finished' : 'interrupted';
    return reason;
  } finally {
    await tracking.close(status);
  }
}

/** What a folder needs to be resumed without the command that began it. */
function originOf(
  { manifest, profile, changed, folders }: RunPlan,
  { seed, attempt, identity }: Pick<TrackingFacts, 'seed' | 'attempt' | 'identity'>,
): Record<string, State> {
  const restart = restartName();
  return {
    manifest: JSON.parse(JSON.stringify(withoutSecrets(manifest))) as State,
    profile: profile ?? null,
    ...(changed.length > 0 && { changed: [...changed] }),
    ...(restart !== undefined && { restart }),
    ...{ seed, attempt, identity, folder: folders.manifest },
  };
}

/** An error on the way out of the scope must not take the place of the one that led there. */
function abandonedUnlessClosed(journal: JournalWriter): JournalWriter & Disposable {
  return Object.assign(journal, { [Symbol.dispose]: () => journal.abandon() });
}
