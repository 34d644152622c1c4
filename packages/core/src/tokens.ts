import type { ServiceIdentifier } from 'inversify';
import type { DataSet } from './data.ts';
import type { EngineInfo } from './engine.ts';
import type { Evaluator, Objective } from './evaluation.ts';
import type { Strategy } from './search.ts';
import type { SearchSpace } from './space.ts';
import type { Tracker } from './tracker.ts';

/** `Symbol.for`, so that two installed copies of core agree on them. */
const token = <T>(name: string): ServiceIdentifier<T> => Symbol.for(`@archer-nas/core/${name}@1`);

/** What a run's container holds; studies are bound by position, see `studyToken`. */
export const TOKENS = {
  space: token<SearchSpace<unknown>>('space'),
  data: token<DataSet>('data'),
  engine: token<EngineInfo>('engine'),
  evaluator: token<Evaluator<unknown>>('evaluator'),
  objective: token<Objective>('objective'),
  strategy: token<Strategy<unknown>>('strategy'),
  tracker: token<Tracker>('tracker'),
} as const;
