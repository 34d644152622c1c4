import type { JournalLine, Table } from '@archer-nas/core';
import { grouped } from './number-text.ts';
import type { BestArchitecture, RunFingerprint, RunRecord } from './record.ts';
import { remarksOf } from './remarks.ts';
import { withSearchCost } from './search-cost.ts';
import { type Verdict, verdicts } from './verdict.ts';

/** One job of a run: the search or a study. */
export interface JobReport {
  /** `search`, or a study as `rank.0`; `rank.0 at 50` where it was asked during the search. */
  readonly name: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tables: Readonly<Record<string, Table>>;
  readonly notes: readonly string[];
}

/** What there is to say about one run. */
export interface RunReport {
  readonly folder: string;
  readonly status: RunRecord['status'];
  readonly experiment: string;
  readonly title: string | undefined;
  readonly profile: string | undefined;
  readonly seed: number | undefined;
  readonly identity: string | undefined;
  readonly fingerprint: RunFingerprint | undefined;
  /** Seconds spent in steps, all resumes together, by job. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Steps that were taken again, and changes on the way. */
  readonly remarks: readonly string[];
  readonly best: readonly BestArchitecture[];
  readonly jobs: readonly JobReport[];
  readonly verdicts: readonly Verdict[];
}

/**
 * A run's report: from its result when it is finished, from the last lines of its journal
 * otherwise. Its verdicts are those of a single seed.
 */
export function runReport(record: RunRecord): RunReport {
  const { folder, status, manifest, fingerprint, result, lines } = record;
  const seconds = secondsByJob(lines);
  const jobs = result === undefined ? unfinishedJobs(lines) : finishedJobs(result);
  return {
    folder,
    status,
    experiment: result?.experiment ?? manifest?.name ?? folder,
    title: manifest?.title,
    profile: record.profile,
    seed: record.seed,
    identity: result?.identity,
    fingerprint,
    seconds,
    remarks: remarksOf(lines),
    best: result?.search.best ?? [],
    jobs: withSearchCost(jobs, seconds),
    verdicts: verdicts(manifest?.expect ?? [], [record]),
  };
}

function finishedJobs(result: NonNullable<RunRecord['result']>): JobReport[] {
  const { metrics, tables, notes } = result.search;
  const asked = new Map<number, number>();
  for (const { index } of result.studies) asked.set(index, (asked.get(index) ?? 0) + 1);
  const studies = result.studies.map(({ id, index, searchAt, ...answer }) => ({
    name: `${id}.${index}${(asked.get(index) ?? 0) > 1 ? ` at ${searchAt}` : ''}`,
    metrics: answer.metrics,
    tables: answer.tables,
    notes: answer.notes,
  }));
  return [{ name: 'search', metrics, tables, notes }, ...studies];
}

/** The last metrics of every job, with how far it was. */
function unfinishedJobs(lines: readonly JournalLine[]): JobReport[] {
  const last = new Map<string, JournalLine>();
  const saved = new Map<string, JournalLine>();
  for (const line of lines) {
    if (line.kind === 'science' && metricsOf(line) !== undefined) last.set(line.job, line);
    if (line.event === 'checkpoint') saved.set(line.job, line);
  }
  const search = saved.get('search');
  return [...last].map(([job, line]) => ({
    name: job.replace(/^study:(\d+):(.+)$/, '$2.$1'),
    metrics: metricsOf(line) ?? {},
    tables: {},
    notes: [
      line.event === 'result'
        ? `the answer when the search was at ${progress(fieldOf(line, 'searchAt'), search)}`
        : `not finished: these are the metrics at ${progress(line.at, saved.get(job))}`,
    ],
  }));
}

/** `1,306 of 7,500 steps`, where a checkpoint has said so. */
function progress(done: unknown, checkpoint: JournalLine | undefined): string {
  const [total, unit] = ['total', 'unit'].map((key) => checkpoint && fieldOf(checkpoint, key));
  const at = grouped(Number(done ?? 0));
  return typeof total === 'number' ? `${at} of ${grouped(total)} ${unit}s` : at;
}

function metricsOf(line: JournalLine): Record<string, number> | undefined {
  const metrics = fieldOf(line, 'metrics');
  if (typeof metrics !== 'object' || metrics === null) return undefined;
  const numbers = Object.entries(metrics).filter(([, value]) => typeof value === 'number');
  return Object.fromEntries(numbers);
}

function secondsByJob(lines: readonly JournalLine[]): Record<string, number> {
  const seconds = new Map<string, number>();
  for (const line of lines) {
    const spent = fieldOf(line, 'seconds');
    if (line.kind !== 'telemetry' || line.event !== 'step' || typeof spent !== 'number') continue;
    seconds.set(line.job, (seconds.get(line.job) ?? 0) + spent);
  }
  return Object.fromEntries(seconds);
}

function fieldOf({ body }: JournalLine, field: string): unknown {
  return (body as Readonly<Record<string, unknown>> | null)?.[field];
}
