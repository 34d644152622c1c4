// biome-ignore-all lint/suspicious/noExplicitAny: architecture types meet in the manifest
import {
  ArcherError,
  type Block,
  type Cache,
  createStreams,
  type Job,
  type Report,
  type RunParts,
  type Search,
  type State,
  type StudyContext,
} from '@archer-nas/core';
import { expect } from 'vitest';
import type { Check } from './check.ts';
import { cloneState } from './clone-state.ts';
import { drive, type JobSubject, jobChecks, jobTrace } from './job-contract.ts';
import { type Blocks, createParts, resolveBlocks } from './parts.ts';
import { describeRow, type Row, type RowSubject, rowChecks, type Trace } from './row.ts';

/** A study of a search that has ended; by default of six rounds of `toy-climb`. */
export interface StudyRow extends Omit<Row, 'study'> {
  readonly study: Block;
}

/** Runs the contract of a study, and what every row promises, as tests. */
export function describeStudy(row: StudyRow): void {
  describeRow(subjectOf(row));
}

/** What {@link describeStudy} runs. */
export function studyChecks(row: StudyRow): readonly Check[] {
  return rowChecks(subjectOf(row));
}

function subjectOf({ study, ...given }: StudyRow): RowSubject {
  const row: Row = {
    strategy: { use: 'toy-climb', rounds: 6 },
    evaluator: { use: 'toy-ones' },
    ...given,
    study: [study],
  };
  return {
    kind: 'study',
    use: study.use,
    row,
    manifest: () => row,
    checks: [
      ...jobChecks(jobOf(row)),
      { name: 'answers with metrics or tables of numbers', run: () => checkAnswer(row) },
      { name: 'leaves the search as it was', run: () => checkSearch(row) },
      { name: 'answers the same from a cache that it has filled', run: () => checkCache(row) },
    ],
    trace: () => traceOf(row),
  };
}

interface Asked {
  readonly job: Job;
  readonly search: Search<any>;
}

/** Runs the search to its end and begins the study. */
async function begin(row: Row, saved?: State, cache: Cache = memoryCache()): Promise<Asked> {
  const parts = await createParts(row as Blocks);
  const streams = createStreams(row.seed ?? 0);
  const search: Search<any> = await parts.strategy.begin({ streams: streams.scope('search') });
  await drive(search);
  const context: StudyContext<any> = {
    streams: streams.scope('study'),
    search,
    open: opener(parts),
    cache,
  };
  const job = await (parts.studies[0] as RunParts['studies'][0]).study.begin(context, saved);
  return { job, search };
}

function opener({ data }: RunParts): StudyContext<any>['open'] {
  return (split) => {
    if (data && split !== 'test') return data.open(split);
    const code = data ? 'ARCHER_TEST_WITHHELD' : 'ARCHER_NO_DATA';
    throw new ArcherError(code, `the kit opens no split '${split}'`);
  };
}

function jobOf(row: Row): JobSubject {
  return {
    async begin(saved) {
      const { job, search } = await begin(row, saved);
      return disposing(job, search);
    },
  };
}

/** The job, at whose end the search is disposed as well. */
function disposing(job: Job, search: Search<any>): Job {
  return {
    get state() {
      return job.state;
    },
    get progress() {
      return job.progress;
    },
    ...(job.phases && { phases: job.phases }),
    step: (signal) => job.step(signal),
    dispose() {
      job.dispose?.();
      search.dispose?.();
    },
  };
}

async function traceOf(row: Row): Promise<Trace> {
  const { needsEngine } = await resolveBlocks(row as Blocks);
  const whole = await jobTrace(jobOf(row));
  const reports = whole.reports.map(({ evaluations: _, ...report }) => report);
  if (!needsEngine) return { golden: { decisions: reports }, whole };
  const rounded = Object.assign({}, ...reports.map(({ metrics = {} }) => metrics));
  const decisions = reports.map(({ metrics = {}, tables = {} }) => ({
    metrics: Object.keys(metrics),
    tables: Object.entries(tables).map(([name, { columns, rows }]) => [name, columns, rows.length]),
  }));
  return { golden: { decisions, rounded }, whole };
}

async function answer(row: Row, cache?: Cache): Promise<Report> {
  const { job, search } = await begin(row, undefined, cache);
  let last: Report = {};
  await drive(job, ({ telemetry: _, ...report }) => {
    last = structuredClone(report);
  });
  disposing(job, search).dispose?.();
  return last;
}

async function checkAnswer(row: Row): Promise<void> {
  const { metrics = {}, tables = {} } = await answer(row);
  const count = Object.keys(metrics).length + Object.keys(tables).length;
  expect(count, 'metrics and tables of the last report').toBeGreaterThan(0);
  for (const [name, { columns, rows }] of Object.entries(tables)) {
    for (const cells of rows) expect(cells.length, `cells of ${name}`).toBe(columns.length);
  }
}

async function checkSearch(row: Row): Promise<void> {
  const { job, search } = await begin(row);
  const [state, best] = [cloneState(search.state), structuredClone(search.incumbents())];
  await drive(job);
  expect(search.state).toStrictEqual(state);
  expect(search.incumbents()).toStrictEqual(best);
  disposing(job, search).dispose?.();
}

async function checkCache(row: Row): Promise<void> {
  const cache = memoryCache();
  const first = await answer(row, cache);
  expect(await answer(row, cache)).toStrictEqual(first);
}

function memoryCache(): Cache {
  const kept = new Map<string, State>();
  return {
    get: async (key) => kept.get(key),
    put: async (key, value) => {
      kept.set(key, cloneState(value));
    },
  };
}
