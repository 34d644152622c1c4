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
