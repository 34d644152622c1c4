import type { Job, Progress, Report, State } from '@archer-nas/core';
import { expect } from 'vitest';
import { type Check, describeChecks } from './check.ts';
import { cloneState } from './clone-state.ts';
import './same-bytes.ts';

/** Steps after which a job is taken to be endless. */
const ENDLESS = 1000;

/** A job to be checked: small, a handful of steps, because it runs once per step. */
export interface JobSubject<J extends Job = Job> {
  /** Makes the job with everything around it anew: two calls share no object. */
  begin(saved?: State): Promise<J>;
  /** What the finished job answers besides reports and state. */
  outcome?(job: J): unknown;
}

/** What a run of a job has shown. */
export interface JobTrace {
  readonly reports: readonly Report[];
  /** One before the first step and one after every step. */
  readonly states: readonly State[];
  readonly progress: readonly Progress[];
  readonly outcome: unknown;
}

/** The contract of {@link Job}: repeatable, resumable after every step, ending. */
export function jobChecks<J extends Job>(subject: JobSubject<J>): readonly Check[] {
  return [
    {
      name: 'repeats bit for bit',
      run: async () => expect(await jobTrace(subject)).toStrictEqual(await jobTrace(subject)),
    },
    {
      name: 'goes forward and ends',
      run: async () => checkProgress((await jobTrace(subject)).progress),
    },
    {
      name: 'gives snapshots that later steps leave alone',
      run: () => checkSnapshots(subject),
    },
    {
      name: 'ends the same when resumed after any step',
      run: () => checkResume(subject),
    },
    {
      name: 'forgets a step that was aborted',
      run: () => checkAbort(subject),
    },
    {
      name: 'has phases, if any, whose samples go forward and end',
      run: () => checkPhases(subject),
    },
  ];
}

/** Runs {@link jobChecks} as tests. */
export function describeJob<J extends Job>(title: string, subject: JobSubject<J>): void {
  describeChecks(title, jobChecks(subject));
}

function checkProgress(progress: readonly Progress[]): void {
  const done = progress.map((at) => at.done);
  const ascending = [...done].sort((a, b) => a - b);
  expect(done, 'progress.done must not fall').toEqual(ascending);
  expect(new Set(progress.map(({ unit }) => unit)).size, 'units of progress').toBe(1);
  const last = progress.at(-1) as Progress; // there is always the one before the first step
  expect(last.done).toBe(last.total);
}

async function checkSnapshots<J extends Job>(subject: JobSubject<J>): Promise<void> {
  const job = await subject.begin();
  const taken = [job.state];
  const copies = [cloneState(job.state)];
  await drive(job, () => {
    taken.push(job.state);
    copies.push(cloneState(job.state));
  });
  job.dispose?.();
  expect(taken).toStrictEqual(copies);
}

async function checkResume<J extends Job>(subject: JobSubject<J>): Promise<void> {
  const whole = await jobTrace(subject);
  for (let k = 0; k < whole.states.length; k++) {
    const resumed = await jobTrace(subject, cloneState(whole.states[k] as State));
    const rest: JobTrace = {
      reports: whole.reports.slice(k),
      states: whole.states.slice(k),
      progress: whole.progress.slice(k),
      outcome: whole.outcome,
    };
    expect(resumed, `resumed after step ${k}`).toStrictEqual(rest);
  }
}

/** Aborts the first step before it begins, and while it runs. */
async function checkAbort<J extends Job>(subject: JobSubject<J>): Promise<void> {
  const whole = await jobTrace(subject);
  for (const when of ['before', 'during'] as const) {
    const job = await subject.begin();
    const before = cloneState(job.state);
    if (await stepAborted(job, when)) {
      expect(job.state, `state after an abort ${when} the step`).toStrictEqual(before);
      expect(await follow(subject, job), `aborted ${when} the step`).toStrictEqual(whole);
    } else {
      expect(job.state, 'a step that ended in spite of it').toStrictEqual(whole.states[1]);
      job.dispose?.();
    }
  }
}

async function checkPhases<J extends Job>(subject: JobSubject<J>): Promise<void> {
  const job = await subject.begin();
  for (const { name, sample } of job.phases ?? []) {
    const { job: tried, times } = await sample();
    expect(times, `times of the phase ${name}`).toBeGreaterThan(0);
    const progress = [{ ...tried.progress }];
    await drive(tried, () => progress.push({ ...tried.progress }));
    checkProgress(progress);
    expect(tried.progress.total, `length of the phase ${name}`).toBeGreaterThan(0);
    tried.dispose?.();
  }
  job.dispose?.();
}

/** Whether the step gave up. */
async function stepAborted(job: Job, when: 'before' | 'during'): Promise<boolean> {
  const controller = new AbortController();
  if (when === 'before') controller.abort();
  const step = job.step(controller.signal);
  controller.abort();
  return step.then(
    () => false,
    () => true,
  );
}

/** Runs a job to its end; telemetry is no part of its trace. */
export async function jobTrace<J extends Job>(
  subject: JobSubject<J>,
  saved?: State,
): Promise<JobTrace> {
  return follow(subject, await subject.begin(saved));
}

async function follow<J extends Job>(subject: JobSubject<J>, job: J): Promise<JobTrace> {
  const reports: Report[] = [];
  const states = [cloneState(job.state)];
  const progress = [{ ...job.progress }];
  await drive(job, ({ telemetry: _, ...science }) => {
    reports.push(structuredClone(science));
    states.push(cloneState(job.state));
    progress.push({ ...job.progress });
  });
  const outcome = structuredClone(await subject.outcome?.(job));
  job.dispose?.();
  return { reports, states, progress, outcome };
}

/** Steps a job to its end. @throws Error when it has none */
export async function drive(job: Job, onStep: (report: Report) => void = () => {}): Promise<void> {
  const { signal } = new AbortController();
  for (let steps = 0; job.progress.done < job.progress.total; steps++) {
    if (steps === ENDLESS) throw new Error(`the job has not ended after ${ENDLESS} steps`);
    onStep(await job.step(signal));
  }
}
