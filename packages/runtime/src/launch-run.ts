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
import { isBefore, restartName, restartVariable } from './restart.ts';
import type { RunOptions, RunSummary } from './run.ts';
import { checkOwnFiles } from './run-folder-session.ts';
import type { RunPlan } from './run-plan.ts';
import { isFinishedBefore, type Place } from './seed-place.ts';
import { exitCodeOf, type Stop } from './stop.ts';

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

/** A seed's task, with its place and whose it is. */
type SeedTask = Task & { readonly place: Place; readonly run: LaunchedRun };

/** How a seed's task ended. */
type SeedEnd = TaskEnd & { readonly task: SeedTask };

/**
 * Runs the seeds of plans as processes of their launcher, which is that of the first, all in one
 * launch. Each works in its own run folder, where its result says that it is finished; this
 * process writes nothing.
 * @returns one summary for each run
 */
export async function launchRuns(runs: readonly LaunchedRun[]): Promise<readonly RunSummary[]> {
  const [{ plan, options, emit, stop }] = runs as [LaunchedRun];
  const launcher = await launcherOf(plan, emit);
  const launch = { alone: runs.length === 1, restart: restartVariable() };
  const tasks = runs.flatMap((run) => tasksOf(run, launch));
  for (const { place, run } of tasks) if (run.options.restart) checkFree(place);
  for (const { plan, emit } of runs) {
    emit({ type: 'resolved', resolved: plan.resolved, engine: undefined, seeds: plan.seeds });
  }
  emit({ type: 'log', line: `launcher: ${launcher.description}` });
  using watch = abortWhen(stop, options.signal);
  const byFolder = new Map(tasks.map((task) => [task.folder, task]));
  const seedTask = ({ folder }: Task): SeedTask => byFolder.get(folder) as SeedTask;
  const ends = await launcher.launch(tasks, {
    signal: watch.signal,
    threads: engineSettings(plan.manifest.engine, options).threads,
    finished: (task) => isFinished(seedTask(task)),
    onEvent: (event) => tell(event, seedTask(taskOf(event))),
  });
  const seedEnds = ends.map((end) => ({ ...end, task: seedTask(end.task) }));
  return runs.map((run) => {
    const own = seedEnds.filter(({ task }) => task.run === run);
    return summary(run, own);
  });
}

async function launcherOf(plan: RunPlan, emit: OnEvent): Promise<Launcher> {
  const { resolved, lookup, folders } = plan;
  const log = (line: string): void => emit({ type: 'log', line });
  return (await buildLauncher(resolved, { lookup, folders, log })) as Launcher; // planned with one
}

/** What all tasks of a launch share. */
interface Shared {
  /** Whether it is of one run. */
  readonly alone: boolean;
  /** The variable for runs that begin again. */
  readonly restart: NonNullable<Task['env']>;
}

/** One task per seed; unless the run is alone, their names say whose they are. */
function tasksOf(run: LaunchedRun, { alone, restart }: Shared): SeedTask[] {
  const { plan, places, options } = run;
  const { seedCommand, seedEnvironment } = options;
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
  const env = { ...seedEnvironment, ...(options.restart && restart) };
  const of = alone ? '' : `${plan.point ?? plan.manifest.name}, `;
  return places.map((place) => ({
    ...{ place, run, name: `${of}seed ${place.seed}`, command: seedCommand(place.seed) },
    folder: place.folder.root,
    ...(Object.keys(env).length > 0 && { env }),
  }));
}

/** That the task's process will be able to delete the earlier run, once the new one can begin. */
function checkFree({ folder }: Place): void {
  if (!existsSync(folder.root)) return;
  checkOwnFiles(folder);
  acquireLock(folder.lock).release();
}

/** Whether what is in the folder of a task is still the run that it is to begin again. */
function isOld({ place, env }: SeedTask): boolean {
  return env !== undefined && isBefore(place.folder, restartName(env));
}

/** A folder that cannot be read is not finished: its process says what is wrong with it. */
function isFinished(task: SeedTask): boolean {
  const { plan, options } = task.run;
  const { place } = task;
  try {
    if (isOld(task)) return false;
    return options.acceptDrift ? existsSync(place.folder.result) : isFinishedBefore(plan, place);
  } catch {
    return false;
  }
}

function taskOf(event: LaunchEvent): Task {
  return event.type === 'end' ? event.end.task : event.task;
}

function tell(event: LaunchEvent, { place, run }: SeedTask): void {
  const { emit } = run;
  if (event.type === 'line') {
    const { task, line, error } = event;
    emit({ type: 'task-line', task: task.name, line, error });
  } else if (event.type === 'again') {
    const { task, reason } = event;
    emit({ type: 'warning', message: `${task.name}: ${reason}; it is started again` });
  } else if (event.type === 'end') tellEnd(event.end, place.seed, emit);
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

function summary({ plan, places, stop }: LaunchedRun, ends: readonly SeedEnd[]): RunSummary {
  const failed = ends.flatMap((end, i) => {
    if (end.status !== 'failed') return [];
    const { seed, folder } = places[i] as Place;
    const { attempts: starts, exitCode, reason } = end;
    return [{ seed, folder: folder.root, starts, reason, exitCode: documented(exitCode) }];
  });
  const records = ends.flatMap(({ task }) =>
    isOld(task) ? [] : (recordIn(task.place.folder) ?? []),
  );
  const stopped = ends.find((end) => end.status === 'stopped');
  if (stopped !== undefined) {
    // One that stopped by itself is told like all of them: the same command goes on.
    const status = stop.reason() ?? stopped.reason;
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
export function recordIn({ root, journal }: RunFolder): RunRecord | undefined {
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
