import type { State } from './state.ts';

/**
 * One line of a run's journal. `science` lines are the same on every run of the same
 * manifest and seed; `telemetry` lines carry times, machines and resumes.
 */
export interface JournalLine {
  readonly seq: number;
  readonly kind: 'science' | 'telemetry';
  /** `run`, `search`, or `study:<index>:<id>`. */
  readonly job: string;
  /** What happened: `begin`, `step`, `checkpoint`, `result`, `resume`, `skip`, `rollback`, … */
  readonly event: string;
  /** The job's progress after the event. */
  readonly at?: number;
  readonly body: State;
}

/** True for the lines that say what a step of the search has reported. */
export function isSearchStep({ kind, job, event }: JournalLine): boolean {
  return kind === 'science' && job === 'search' && event === 'step';
}

/** True for lines behind which a run that is followed goes on from an earlier point. */
export function isTurn({ event }: JournalLine): boolean {
  return event === 'resume' || event === 'rollback';
}

/** The study that a job is; `undefined` for a job that is none. */
export function studyOf(job: string): { readonly index: string; readonly id: string } | undefined {
  const [, index, id] = /^study:(\d+):(.+)$/.exec(job) ?? [];
  return index === undefined || id === undefined ? undefined : { index, id };
}
