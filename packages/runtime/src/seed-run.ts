// biome-ignore-all lint/suspicious/noExplicitAny: the space's architecture type is known only at run time
import {
  buildRun,
  createStreams,
  type EngineInfo,
  type JournalLine,
  type NonFinite,
  type Report,
  type RunParts,
  type Search,
  type SearchContext,
  type State,
  type Streams,
  type StudyContext,
} from '@archer-nas/core';
import type { StudyCaches } from './cache.ts';
import type { FoundRun } from './from-run.ts';
import type { JobContext, NamedJob } from './job-loop.ts';
import { runJob, saveJob } from './job-loop.ts';
import { field, isRetry } from './journal-reader.ts';
import { type Divergence, retry } from './non-finite.ts';
import type { Position } from './position.ts';
import { defined, evaluationBody, tablesBody } from './report-body.ts';
import type { RunPlan } from './run-plan.ts';
import type { StopReason } from './stop.ts';
import { checkUnits, dueStudies, nextQuestion, type PlacedStudy, studyJob } from './studies.ts';
import { studySplits, withhold } from './withhold.ts';

/** The parts of one seed's run, created from the plan. */
export function createRun(
  plan: RunPlan,
  engine: EngineInfo | undefined,
  log: (line: string) => void,
): Promise<RunParts> {
  const { lookup, folders } = plan;
  return buildRun(plan.resolved, { lookup, engine, folders, log, guard: withhold });
}

/** The streams that a search of this seed draws from, after so many retries of its steps. */
export function searchStreams(seed: number, retries = 0): Streams {
  const streams = createStreams(seed).scope('search');
  return retries === 0 ? streams : streams.scope(`retry/${retries}`);
}

/** The same, where a run stands. */
export function streamsAt(seed: number, lines: readonly JournalLine[]): Streams {
  return searchStreams(seed, lines.filter(isRetry).length);
}

/** What {@link runSeed} works on. */
export interface SeedRun extends JobContext {
  readonly parts: RunParts;
  readonly position: Position;
  readonly caches: StudyCaches;
  readonly nonFinite: NonFinite;
  /** The run that the search begins from, where it has not begun yet. */
  readonly from?: FoundRun | undefined;
}

/** Why a run of a seed returned: it is done, has to stop, or goes on from its journal. */
export type SeedEnd = 'done' | 'again' | StopReason;

/**
 * Runs a search and its studies from a position to the end, or until somebody wants to
 * stop: the reason then, with everything saved. `again`: a step came to nothing, and the
 * journal says what is done about it; open the folder again and go on.
 */
export async function runSeed(run: SeedRun): Promise<SeedEnd> {
  const { parts, position, from } = run;
  const context = { streams: streamsAt(run.seed, position.lines) };
  const search = await beginSearch(parts, context, { saved: position.search?.state, from });
  try {
    return await alternate(search, run);
  } finally {
    search.dispose?.();
  }
}

/** The search from a saved state, else from another run where it begins from one, else from zero. */
export async function beginSearch(
  { strategy }: RunParts,
  context: SearchContext,
  { saved, from }: { readonly saved: State | undefined; readonly from: FoundRun | undefined },
): Promise<Search<any>> {
  if (saved !== undefined || from === undefined) return strategy.begin(context, saved);
  if (from.found.use === 'search') return strategy.begin(context, from.state);
  return strategy.begin({ ...context, weights: await from.weights() });
}

/** The studies that are due, the search up to the next question, and so on. */
async function alternate(search: Search<any>, run: SeedRun): Promise<SeedEnd> {
  const studies = run.parts.studies.map((study, index) => ({ index, run: study }));
  checkUnits(studies, search.progress);
  const answered = answersIn(run.position.lines);
  const named: NamedJob = { name: 'search', job: search, nonFinite: run.nonFinite };
  run.emit({ type: 'job', seed: run.seed, job: named.name, progress: search.progress });
  // Questions come first: a run may have died with the search at one and the study not begun.
  for (;;) {
    const { done, total } = search.progress;
    const due = dueStudies(studies, search.progress, answered);
    const ended = done >= total;
    if ((ended || due.length > 0) && run.keeper.newest('search')?.at !== done) saveJob(named, run);
    if (ended && answered.get('search') !== done) await answerSearch(search, run);
    for (const study of due) {
      const reason = await ask(study, search, run);
      if (reason !== undefined) return reason;
      answered.set(studyJob(study), done);
    }
    if (ended) return 'done';
    const end = await runJob(named, run, nextQuestion(studies, search.progress));
    if (end.diverged !== undefined) return retried(end.diverged, run);
    if (end.stopped !== undefined) return end.stopped;
  }
}

/** Does what the policy says about a step that came to nothing. */
function retried(divergence: Divergence, { nonFinite: policy, position, ...run }: SeedRun) {
  const message = retry(divergence, { ...run, policy, lines: position.lines });
  run.emit({ type: 'warning', message });
  return 'again' as const;
}

/** Journals what the search has found. */
async function answerSearch(search: Search<any>, run: SeedRun): Promise<void> {
  const { best, metrics, tables = {}, notes = [] } = await search.result();
  const { space } = run.parts;
  const at = search.progress.done;
  run.journal.append({
    ...{ kind: 'science', job: 'search', event: 'result', at },
    body: {
      best: best.map((evaluation) => evaluationBody(evaluation, space)),
      metrics,
      tables: tablesBody(tables),
      notes,
      searchAt: at,
    },
  });
  run.journal.commit();
}

/** Runs one study to its answer, going on from its checkpoint where there is one. */
async function ask(
  study: PlacedStudy,
  search: Search<any>,
  run: SeedRun,
): Promise<StopReason | undefined> {
  const name = studyJob(study);
  const searchAt = search.progress.done;
  const interrupted = run.position.study;
  const goesOn = interrupted?.saved.job === name && interrupted.searchAt === searchAt;
  const job = await study.run.study.begin(
    studyContext(study, search, run),
    goesOn ? interrupted.saved.state : undefined,
  );
  try {
    run.emit({ type: 'job', seed: run.seed, job: name, progress: job.progress });
    const end = await runJob({ name, job, notes: { search: searchAt } }, run);
    if (end.stopped !== undefined) return end.stopped;
    const body = { ...answerBody(end.last ?? {}), searchAt };
    run.journal.append({
      kind: 'science',
      job: name,
      event: 'result',
      at: job.progress.done,
      body,
    });
    run.journal.commit();
    return undefined;
  } finally {
    job.dispose?.();
  }
}

/** What a study may use. */
export function studyContext(
  { index, run: study }: PlacedStudy,
  search: StudyContext<any>['search'],
  { seed, parts, caches }: Pick<SeedRun, 'seed' | 'parts' | 'caches'>,
) {
  return {
    streams: createStreams(seed).scope(`study/${occurrence(index, parts)}/${study.id}`),
    search,
    open: studySplits(parts.data, study),
    cache: caches(index),
  };
}

/** How many studies of the same id stand before it: other studies never move its streams. */
function occurrence(index: number, { studies }: RunParts): number {
  const id = studies[index]?.id;
  return studies.slice(0, index).filter((study) => study.id === id).length;
}

function answerBody({ metrics = {}, tables = {}, notes = [] }: Report): { [key: string]: State } {
  return defined({ metrics, tables: tablesBody(tables), notes }) as { [key: string]: State };
}

/** The search's progress at the last answer of each job in the journal. */
function answersIn(lines: readonly JournalLine[]): Map<string, number> {
  const results = lines.filter(({ kind, event }) => kind === 'science' && event === 'result');
  return new Map(results.map(({ job, body }) => [job, Number(field(body, 'searchAt'))]));
}
