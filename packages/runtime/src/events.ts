import type { EngineInfo, Progress, Report, ResolvedManifest } from '@archer-nas/core';
import type { RunRecord } from './read-run.ts';
import type { StopReason } from './stop.ts';

/** What `run` tells while it works: for progress bars and logs. Handlers must not throw. */
export type RunEvent =
  /** Everything is checked; computing starts. */
  | {
      readonly type: 'resolved';
      readonly resolved: ResolvedManifest;
      readonly engine: EngineInfo | undefined;
      readonly seeds: readonly number[];
    }
  /** A line of a slow preparation, such as a download. */
  | { readonly type: 'log'; readonly line: string }
  /** A line that the process of a launched task (`seed 3`) has printed. */
  | {
      readonly type: 'task-line';
      readonly task: string;
      readonly line: string;
      readonly error: boolean;
    }
  /** Something is wrong that does not stop the run. */
  | { readonly type: 'warning'; readonly message: string }
  /** A seed begins, or goes on from a commit point. */
  | {
      readonly type: 'seed';
      readonly seed: number;
      readonly folder: string;
      readonly resumed: boolean;
    }
  /** A search or study begins or goes on; `job` is `search` or `study:<index>:<id>`. */
  | {
      readonly type: 'job';
      readonly seed: number;
      readonly job: string;
      readonly progress: Progress;
    }
  | {
      readonly type: 'step';
      readonly seed: number;
      readonly job: string;
      readonly progress: Progress;
      readonly report: Report;
      readonly seconds: number;
    }
  | {
      readonly type: 'checkpoint';
      readonly seed: number;
      readonly job: string;
      readonly folder: string;
    }
  /** A seed is finished; `before`: it was when this began. */
  | {
      readonly type: 'result';
      readonly seed: number;
      readonly record: RunRecord;
      readonly before: boolean;
    }
  /** The run ends early, with a checkpoint. */
  | { readonly type: 'stopped'; readonly seed: number; readonly reason: StopReason };

export type OnEvent = (event: RunEvent) => void;
