import type { CellDrawing } from '@archer-nas/core';
import type { Deviations } from '../deviations.ts';

/** What a page shows besides runs, where it is known: plugins and their spaces have it. */
export interface Background {
  /** Those of the plugins that the runs used. */
  readonly deviations?: readonly Deviations[];
  /** The cells of an architecture in the notation of its space. */
  readonly draw?: (architecture: string) => readonly CellDrawing[] | undefined;
}
