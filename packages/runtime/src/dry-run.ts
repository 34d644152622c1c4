// biome-ignore-all lint/suspicious/noExplicitAny: the space's architecture type is known only at run time
import { join } from 'node:path';
import type { EngineInfo, Job, Progress, RunParts, Search } from '@archer-nas/core';
import { fileCache, readOnlyCache } from './cache.ts';
import { type RunOptions, startPlannedEngine } from './run.ts';
import { planRun, type RunPlan } from './run-plan.ts';
import { createRun, searchStreams, studyContext } from './seed-run.ts';
import { bytesOfState } from './state-size.ts';
import { timesAsked } from './studies.ts';

const PROBE_STEPS = 3;
const KEPT_CHECKPOINTS = 2;
const JOURNAL_BYTES_PER_STEP = 400;

/** What one job would take. */
export interface JobEstimate {
  readonly job: string;
  readonly progress: Progress;
  /** From a few steps made on this machine; the first one, which warms up, is left out. */
  readonly secondsPerStep: number;
  /** All steps, as often as the job is asked. */
  readonly seconds: number;
}

/** What a run would do. Nothing was written. */
export interface DryRun {
  readonly plan: RunPlan;
  readonly engine: EngineInfo | undefined;
  readonly data: string | undefined;
  /** Of one seed. */
  readonly jobs: readonly JobEstimate[];
  /** Of all seeds. */
  readonly seconds: number;
  readonly diskBytes: number;
}

/**
 * Resolves a manifest, begins its search and studies, and makes a few steps of each to
 * estimate time and disk. Data that are not in the cache are fetched, nothing else is kept.
 */
export async function dryRun(options: RunOptions): Promise<DryRun> {
  const plan = await planRun(options);
  const engine = await startPlannedEngine(plan, options.engine);
  const log = (line: string): void => options.onEvent?.({ type: 'log', line });
  const parts = await createRun(plan, engine, log);
  const seed = plan.seeds[0] ?? 0;
  const search = await parts.strategy.begin({ streams: searchStreams(seed) });
  const jobs: JobEstimate[] = [];
  let state: number;
  try {
    jobs.push(await probe('search', search), ...(await probeStudies(plan, parts, search, seed)));
    state = bytesOfState(search.state);
  } finally {
    search.dispose?.();
  }
  const steps = jobs.reduce((sum, { progress }) => sum + progress.total, 0);
  const perSeed = jobs.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    ...{ plan, engine, jobs, data: parts.data?.description },
    seconds: perSeed * plan.seeds.length,
    diskBytes: plan.seeds.length * (KEPT_CHECKPOINTS * state + steps * JOURNAL_BYTES_PER_STEP),
  };
}

async function probeStudies(plan: RunPlan, parts: RunParts, search: Search<any>, seed: number) {
  const cache = readOnlyCache(fileCache(join(plan.folders.data, 'answers')));
  const estimates: JobEstimate[] = [];
  for (const [index, run] of parts.studies.entries()) {
    const study = { index, run };
    const job = await run.study.begin(studyContext(study, search, { seed, parts, cache }));
    try {
      estimates.push(await probe(`study ${run.id}`, job, timesAsked(study, search.progress)));
    } finally {
      job.dispose?.();
    }
  }
  return estimates;
}

/** Times a few steps of a job that runs so many `times`. */
async function probe(name: string, job: Job, times = 1): Promise<JobEstimate> {
  const { signal } = new AbortController();
  const start = job.progress.done;
  let [doneAtFirst, timed] = [start, 0];
  for (let i = 0; i < PROBE_STEPS && job.progress.done < job.progress.total; i++) {
    const startMs = performance.now();
    await job.step(signal);
    if (i === 0 && job.progress.done < job.progress.total) doneAtFirst = job.progress.done;
    else timed += (performance.now() - startMs) / 1000;
  }
  const { progress } = job;
  const made = progress.done - doneAtFirst;
  const secondsPerStep = made > 0 ? timed / made : 0;
  return { job: name, progress, secondsPerStep, seconds: secondsPerStep * progress.total * times };
}
