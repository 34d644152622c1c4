import { existsSync } from 'node:fs';
import {
  ArcherError,
  buildLauncher,
  EXIT,
  type ExitCode,
  isArcherError,
  type LaunchEvent,
  type Launcher,
  type Task,
  type TaskEnd,
} from '@archer-nas/core';
import type { OnEvent } from './events.ts';
import { type RunFolder, runFolder } from './folders.ts';
import { acquireLock } from './lock.ts';
import { engineSettings } from './planned-engine.ts';
import { type RunRecord, readRun } from './read-run.ts';
import type { RunOptions, RunSummary } from './run.ts';
import { checkOwnFiles, clearFolder } from './run-folder-session.ts';
import type { RunPlan } from './run-plan.ts';
import { isFinishedBefore, type Place } from './seed-place.ts';
import { exitCodeOf, type Stop, type StopReason } from './stop.ts';

/** How often a pool looks whether it is to stop. */
const LOOK_MS = 100;

/** A run whose seeds are tasks of a launcher. */
export interface LaunchedRun {
  readonly plan: RunPlan;
  /** Where each of the plan's seeds lies. */
  readonly places: readonly Place[];
  readonly options: RunOptions;
  readonly emit: OnEvent;
  readonly stop: Stop;
}

/** A seed's task with its place. */
type SeedTask = Task & { readonly place: Place };

/**
 * Runs the seeds of a plan as processes of its launcher. Each works in its own run folder, where
 * its result says that it is finished; this process writes nothing.
 */
export async function launchRun(run: LaunchedRun): Promise<RunSummary> {
  const { plan, options, emit, stop } = run;
  const launcher = await launcherOf(plan, emit);
  const tasks = tasksOf(run);
  if (options.restart) for (const { place } of tasks) clear(place);
  emit({ type: 'resolved', resolved: plan.resolved, engine: undefined, seeds: plan.seeds });
  emit({ type: 'log', line: `launcher: ${launcher.description}` });
  using watch = abortWhen(stop, options.signal);
  const placeOf = ({ folder }: Task): Place =>
    (tasks.find((task) => task.folder === folder) as SeedTask).place;
  const ends = await launcher.launch(tasks, {
    signal: watch.signal,
    threads: engineSettings(plan.manifest.engine, options).threads,
    finished: (task) => isFinished(plan, placeOf(task), options),
    onEvent: (event) => tell(event, placeOf(taskOf(event)).seed, emit),
  });
  return summary(plan, tasks, ends, stop.reason());
}

async function launcherOf(plan: RunPlan, emit: OnEvent): Promise<Launcher> {
  const { resolved, lookup, folders } = plan;
  const log = (line: string): void => emit({ type: 'log', line });
  return (await buildLauncher(resolved, { lookup, folders, log })) as Launcher; // planned with one
}

/** One task per seed. */
function tasksOf({ plan, places, options }: LaunchedRun): SeedTask[] {
  const { seedCommand, seedEnvironment: env } = options;
  if (seedCommand === undefined) {
    throw new ArcherError(
      'ARCHER_LAUNCHER',
      `${plan.manifest.name} asks for a launcher, but not for what its processes are to run.`,
      {
        hint: 'From code, give `seedCommand`, or `launcher: "none"` to run in this process.',
        exit: EXIT.usage,
      },
    );
  }
  return places.map((place) => ({
    ...{ place, name: `seed ${place.seed}`, command: seedCommand(place.seed) },
    folder: place.folder.root,
    ...(env === undefined ? {} : { env }),
  }));
}

/** Once, before anything is launched: a task that is started again must go on. */
function clear({ folder }: Place): void {
  if (!existsSync(folder.root)) return;
  checkOwnFiles(folder);
  using _lock = acquireLock(folder.lock);
  clearFolder(folder);
}

/** A folder that cannot be read is not finished: its process says what is wrong with it. */
function isFinished(plan: RunPlan, place: Place, { acceptDrift }: RunOptions): boolean {
  try {
    return acceptDrift ? existsSync(place.folder.result) : isFinishedBefore(plan, place);
  } catch {
    return false;
  }
}

function taskOf(event: LaunchEvent): Task {
  return event.type === 'end' ? event.end.task : event.task;
}

function tell(event: LaunchEvent, seed: number, emit: OnEvent): void {
  if (event.type === 'line') {
    const { task, line, error } = event;
    emit({ type: 'task-line', task: task.name, line, error });
  } else if (event.type === 'again') {
    const { task, reason } = event;
    emit({ type: 'warning', message: `${task.name}: ${reason}; it is started again` });
  } else if (event.type === 'end') tellEnd(event.end, seed, emit);
}

function tellEnd(end: TaskEnd, seed: number, emit: OnEvent): void {
  if (end.status === 'stopped') emit({ type: 'stopped', seed, reason: end.reason });
  else if (end.status === 'failed') {
    emit({ type: 'warning', message: `${end.task.name} failed: ${end.reason}` });
  } else {
    const record = recordIn(runFolder(end.task.folder));
    if (record !== undefined) emit({ type: 'result', seed, record, before: end.attempts === 0 });
  }
}

function summary(
  plan: RunPlan,
  tasks: readonly SeedTask[],
  ends: readonly TaskEnd[],
  reason: StopReason | undefined,
): RunSummary {
  const failed = ends.flatMap((end, i) => {
    if (end.status !== 'failed') return [];
    const { seed, folder } = (tasks[i] as SeedTask).place;
    const { attempts: starts, exitCode, reason } = end;
    return [{ seed, folder: folder.root, starts, reason, exitCode: documented(exitCode) }];
  });
  const records = tasks.flatMap(({ place }) => recordIn(place.folder) ?? []);
  const stopped = ends.find((end) => end.status === 'stopped');
  if (stopped !== undefined) {
    // One that stopped by itself is told like all of them: the same command goes on.
    const status = reason ?? stopped.reason;
    return { status, exitCode: exitCodeOf(status), records, failed, plan };
  }
  const [first] = failed;
  if (first !== undefined) {
    return { status: 'failed', exitCode: first.exitCode, records, failed, plan };
  }
  return { status: 'finished', exitCode: EXIT.ok, records, failed, plan };
}

/** The exit code of a process, where it is one that Archer gives a meaning. */
function documented(code: number | undefined): ExitCode {
  const known = Object.values(EXIT).find((exit) => exit === code && exit !== EXIT.ok);
  return known ?? EXIT.failed;
}

/** What a folder holds, unless nothing or nothing that can be read. */
function recordIn({ root, journal }: RunFolder): RunRecord | undefined {
  if (!existsSync(journal)) return undefined;
  try {
    return readRun(root);
  } catch (error) {
    if (isArcherError(error)) return undefined;
    throw error;
  }
}

/** A signal that aborts once somebody wants to stop: at once with `signal`, soon for other reasons. */
function abortWhen(
  stop: Stop,
  signal: AbortSignal | undefined,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const look = (): void => {
    if (stop.reason() !== undefined) controller.abort();
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  signal?.addEventListener('abort', look);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearInterval(timer);
      signal?.removeEventListener('abort', look);
    },
  };
}
