// biome-ignore-all lint/suspicious/noExplicitAny: the space's architecture type is known only at run time
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Job, NonFinite, Progress, Report, SearchSpace, State } from '@archer-nas/core';
import type { CheckpointKeeper } from './checkpoint-keeper.ts';
import type { OnEvent } from './events.ts';
import type { JournalWriter } from './journal.ts';
import { anchorEvery, badNumberOf, type Divergence } from './non-finite.ts';
import { reportBody } from './report-body.ts';
import type { Stop, StopReason } from './stop.ts';

/** What all jobs of a run share. */
export interface JobContext {
  readonly seed: number;
  readonly space: SearchSpace<any>;
  readonly journal: JournalWriter;
  readonly keeper: CheckpointKeeper;
  readonly stop: Stop;
  readonly emit: OnEvent;
  readonly pace: Pace;
}

/** When checkpoints are due. */
export interface Pace {
  readonly checkpointMs: number;
  /** Also after every so many steps. */
  readonly checkpointEvery: number | undefined;
}

/** A job with its name in the journal. */
export interface NamedJob {
  readonly name: string;
  readonly job: Job;
  /** Fields for this job's checkpoint lines. */
  readonly notes?: Readonly<Record<string, State>>;
  /** What to do about steps that give NaN; absent: nothing, they are journalled as they are. */
  readonly nonFinite?: NonFinite;
}

/** How {@link runJob} ended. */
export interface JobEnd {
  /** Why it stopped early. */
  readonly stopped: StopReason | undefined;
  /** The report of the last step made, if one was. */
  readonly last: Report | undefined;
  /** The step that came to nothing, where the job has a policy for that. */
  readonly diverged?: Divergence;
}

/** A job never sees this abort: an abandoned step ends with the process. */
const NEVER = new AbortController().signal;

/**
 * Steps a job until it is done, or has done `until`, or somebody wants to stop: then with a
 * checkpoint.
 */
export async function runJob(
  named: NamedJob,
  context: JobContext,
  until = Number.POSITIVE_INFINITY,
): Promise<JobEnd> {
  const { job } = named;
  let last: Report | undefined;
  let steps = 0;
  let savedMs = performance.now();
  let isSaved = false;
  while (job.progress.done < Math.min(job.progress.total, until)) {
    // Steps that never wait would keep signals, timers and trackers waiting to the end.
    await nextTurn();
    const reason = context.stop.reason();
    if (reason !== undefined) {
      if (!isSaved) saveJob(named, context);
      return { stopped: reason, last };
    }
    const before = { ...job.progress };
    const made = await stepOnce(named, context, before);
    if ('metric' in made) return { stopped: undefined, last, diverged: made };
    last = made.report;
    steps++;
    // A job that is done has an answer, which only its last report has: it is journalled next.
    const done = job.progress.done >= job.progress.total;
    const anchor = !done && isAnchor(named, before);
    isSaved = anchor || (!done && isDue(context.pace, steps, performance.now() - savedMs));
    if (isSaved) {
      saveJob(anchor ? { ...named, notes: { ...named.notes, anchor } } : named, context);
      savedMs = performance.now();
    }
  }
  return { stopped: undefined, last };
}

/** Makes a step and journals it, unless the policy has to decide about it first. */
async function stepOnce(
  { name, job, nonFinite }: NamedJob,
  context: JobContext,
  earlier: Progress,
): Promise<{ readonly report: Report } | Divergence> {
  const { journal, emit, seed, space } = context;
  const isKept = nonFinite?.policy === 'skip';
  const before = isKept ? { job: name, progress: earlier, state: job.state } : undefined;
  const startMs = performance.now();
  const report = await job.step(NEVER);
  const seconds = (performance.now() - startMs) / 1000;
  const bad = nonFinite && badNumberOf(report);
  if (bad !== undefined) return { ...bad, progress: earlier, before };
  const progress = job.progress;
  const line = { job: name, event: 'step', at: progress.done } as const;
  journal.append({ kind: 'science', ...line, body: reportBody(report, space) });
  const body = { seconds, timeMs: Date.now(), ...report.telemetry };
  journal.append({ kind: 'telemetry', ...line, body });
  emit({ type: 'step', seed, job: name, progress, report, seconds });
  return { report };
}

/** Whether the step from `before` passed one of the places that rollbacks go back to. */
function isAnchor({ job, nonFinite }: NamedJob, before: Progress): boolean {
  const every = nonFinite && anchorEvery(nonFinite, before);
  if (every === undefined) return false;
  return Math.floor(job.progress.done / every) > Math.floor(before.done / every);
}

function isDue({ checkpointMs, checkpointEvery }: Pace, steps: number, elapsedMs: number): boolean {
  if (checkpointEvery !== undefined && steps % checkpointEvery === 0) return true;
  return elapsedMs >= checkpointMs;
}

/** Saves a job where it stands. */
export function saveJob({ name, job, notes }: NamedJob, context: JobContext): void {
  const { keeper, emit, seed } = context;
  const { folder } = keeper.save({ job: name, progress: job.progress, state: job.state }, notes);
  emit({ type: 'checkpoint', seed, job: name, folder });
}
