// biome-ignore-all lint/suspicious/noExplicitAny: the space's architecture type is known only at run time
import {
  type Cache,
  createStreams,
  type EngineInfo,
  type Job,
  type Phase,
  type Progress,
  type RunParts,
  type StudyContext,
} from '@archer-nas/core';
import { answerCaches, readOnlyCache } from './cache.ts';
import { startPlannedEngine } from './planned-engine.ts';
import type { RunOptions } from './run.ts';
import { planRun, type RunPlan } from './run-plan.ts';
import { createRun, searchStreams, studyContext } from './seed-run.ts';
import { type StandIns, withStandIns } from './stand-ins.ts';
import { bytesOfState } from './state-size.ts';
import { timesAsked } from './studies.ts';

/** A job is tried for so many steps at least, and for so long, unless it ends before. */
const PROBE_STEPS = 3;
const PROBE_LEAST_MS = 1000;
/** A step that takes longer is abandoned, and the estimate says "at least". */
const PROBE_MS = 20_000;

/** Options of {@link dryRun}. */
export interface DryRunOptions extends RunOptions {
  /** Milliseconds for the steps of one job; 20,000 unless given. */
  readonly probeMs?: number | undefined;
  /** Milliseconds of a clock; the machine's unless given. */
  readonly now?: (() => number) | undefined;
}
const KEPT_CHECKPOINTS = 2;
const JOURNAL_BYTES_PER_STEP = 400;

/** What one job would take, or one of its phases. */
export interface JobEstimate {
  /** `search`, `study rank: truth`. */
  readonly job: string;
  readonly progress: Progress;
  /**
   * For one unit of progress, from a few steps made on this machine; the first one, which warms
   * up, is left out.
   */
  readonly secondsPerStep: number;
  /** The first step was abandoned: the figures are lower bounds. */
  readonly atLeast: boolean;
  /** All steps, as often as the job is asked. */
  readonly seconds: number;
}

/** What a run would do. But for data that were missing, nothing was written. */
export interface DryRun {
  readonly plan: RunPlan;
  readonly engine: EngineInfo | undefined;
  readonly data: string | undefined;
  /** Random architectures that studies were timed with. */
  readonly standIns: StandIns;
  /** Of one seed. */
  readonly jobs: readonly JobEstimate[];
  /** Of one seed. */
  readonly searchSeconds: number;
  /** Of one seed, all studies together. */
  readonly studySeconds: number;
  /** Of all seeds. */
  readonly seconds: number;
  readonly diskBytes: number;
}

/**
 * Resolves a manifest, begins its search and studies, and makes a few steps of each, or of each
 * of its phases, to estimate time and disk. Data that are not in the cache are fetched, nothing else is kept.
 */
export async function dryRun({
  probeMs = PROBE_MS,
  now = () => performance.now(),
  ...options
}: DryRunOptions): Promise<DryRun> {
  const plan = await planRun(options);
  const engine = await startPlannedEngine(plan, options);
  const log = (line: string): void => options.onEvent?.({ type: 'log', line });
  const parts = await createRun(plan, engine, log);
  const seed = plan.seeds[0] ?? 0;
  const search = await parts.strategy.begin({ streams: searchStreams(seed) });
  const probing = { probeMs, now };
  let found: JobEstimate[];
  let asked: JobEstimate[];
  let state: number;
  let standIns: StandIns;
  try {
    found = await estimate('search', search, probing);
    const stream = createStreams(seed).stream('dry-run');
    const ended = withStandIns(search, parts.space, stream);
    standIns = ended.standIns;
    asked = await estimateStudies(plan, parts, ended.search, probing);
    state = bytesOfState(search.state);
  } finally {
    search.dispose?.();
  }
  const jobs = [...found, ...asked];
  const steps = jobs.reduce((sum, { progress }) => sum + progress.total, 0);
  const [searchSeconds, studySeconds] = [found, asked].map((list) =>
    list.reduce((sum, { seconds }) => sum + seconds, 0),
  ) as [number, number];
  return {
    ...{ plan, engine, jobs, data: parts.data?.description, searchSeconds, studySeconds, standIns },
    seconds: (searchSeconds + studySeconds) * plan.seeds.length,
    diskBytes: plan.seeds.length * (KEPT_CHECKPOINTS * state + steps * JOURNAL_BYTES_PER_STEP),
  };
}

interface Probing {
  readonly probeMs: number;
  readonly now: () => number;
}

async function estimateStudies(
  plan: RunPlan,
  parts: RunParts,
  search: StudyContext<any>['search'],
  probing: Probing,
): Promise<JobEstimate[]> {
  const seed = plan.seeds[0] ?? 0;
  const shared = answerCaches(plan);
  const caches = (index: number): Cache => readOnlyCache(shared(index));
  const estimates: JobEstimate[] = [];
  for (const [index, run] of parts.studies.entries()) {
    const study = { index, run };
    const job = await run.study.begin(studyContext(study, search, { seed, parts, caches }));
    try {
      const times = timesAsked(study, search.progress);
      estimates.push(...(await estimate(`study ${run.id}`, job, probing, times)));
    } finally {
      job.dispose?.();
    }
  }
  return estimates;
}

/** Each phase of a job that runs so many `times`, or the whole where it has none. */
async function estimate(
  name: string,
  job: Job,
  probing: Probing,
  times = 1,
): Promise<JobEstimate[]> {
  if (!job.phases?.length) return [await probe(name, job, probing, times)];
  const estimates: JobEstimate[] = [];
  for (const phase of job.phases) {
    estimates.push(await probePhase(`${name}: ${phase.name}`, phase, probing, times));
  }
  return estimates;
}

async function probePhase(
  name: string,
  { sample }: Phase,
  probing: Probing,
  times: number,
): Promise<JobEstimate> {
  const { job, times: within } = await sample();
  try {
    const estimate = await probe(name, job, probing, within * times);
    const { done, total, unit } = estimate.progress;
    return { ...estimate, progress: { done, total: Math.round(within * total), unit } };
  } finally {
    job.dispose?.();
  }
}

/** Times a few steps of a job whose whole work is done so many `times`. */
async function probe(
  name: string,
  job: Job,
  { probeMs, now }: Probing,
  times: number,
): Promise<JobEstimate> {
  const samples: { readonly seconds: number; readonly steps: number }[] = [];
  const signal = AbortSignal.timeout(probeMs);
  const beginMs = now();
  const wanted = () => samples.length < PROBE_STEPS || now() - beginMs < PROBE_LEAST_MS;
  while (wanted() && job.progress.done < job.progress.total) {
    const startMs = now();
    const before = job.progress.done;
    const abandoned = await stepUnless(signal, job);
    const seconds = (now() - startMs) / 1000;
    if (abandoned) break;
    samples.push({ seconds, steps: job.progress.done - before });
    if (signal.aborted) break;
  }
  const counted = samples.length > 1 ? samples.slice(1) : samples;
  const sum = (key: 'seconds' | 'steps') => counted.reduce((total, one) => total + one[key], 0);
  const atLeast = samples.length === 0 && job.progress.done < job.progress.total;
  const secondsPerStep = atLeast ? probeMs / 1000 : sum('seconds') / Math.max(1, sum('steps'));
  const seconds = secondsPerStep * job.progress.total * times;
  return { job: name, progress: job.progress, secondsPerStep, atLeast, seconds };
}

/** Makes a step. @returns whether it was abandoned because the time was over */
async function stepUnless(signal: AbortSignal, job: Job): Promise<boolean> {
  try {
    await job.step(signal);
    return false;
  } catch (error) {
    if (signal.aborted) return true;
    throw error;
  }
}
