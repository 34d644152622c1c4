import { ofLayout, type State } from '@archer-nas/core';

/** The number of the layout of {@link SavedRepeat}; the first had none. */
export const FORMAT = 2;

/** Everything that changes. */
export interface SavedRepeat {
  readonly format: typeof FORMAT;
  /** By turn: what the repetitions that have ended found. */
  readonly ended: readonly Readonly<Record<string, number>>[];
  /** By arm: the histories of its repetitions; `null` as long as there is none. */
  readonly logs: readonly State[];
  /** The repetition under way. */
  readonly search: State | null;
  readonly best: readonly State[];
  /** Evaluations of those that have ended. */
  readonly before: number;
}

/** @throws ArcherError `ARCHER_FORMAT` for the state of another version */
export function checked(saved: State): SavedRepeat {
  return ofLayout('The state of repeat is', saved, FORMAT);
}
