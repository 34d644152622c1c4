import type { DataSplit, SplitName } from './data.ts';
import type { Job, Unit } from './job.ts';
import type { Search } from './search.ts';
import type { State } from './state.ts';
import type { Streams } from './stream.ts';

/** What the runtime gives a study. */
export interface StudyContext<A> {
  readonly streams: Streams;
  readonly search: Pick<Search<A>, 'views' | 'incumbents' | 'progress'>;
  /** Opens a split; `test` needs `permit: test-split` in the study's block. */
  open(split: SplitName): DataSplit;
  /** A folder that outlives the run, for results that are keyed by identity. */
  readonly cache: Cache;
}

/** A store of small values under string keys, shared by runs; safe for two writers. */
export interface Cache {
  get(key: string): Promise<State | undefined>;
  put(key: string, value: State): Promise<void>;
}

/**
 * A question asked of a search: rank, derive, retrain, test. The metrics and tables of its
 * last step's report are its answer.
 */
export interface Study<A> {
  readonly when: 'after' | { readonly every: number; readonly unit: Unit };
  begin(context: StudyContext<A>, saved?: State): Promise<Job>;
}
