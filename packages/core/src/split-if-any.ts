import type { DataSplit, SplitName } from './data.ts';
import { isArcherError } from './errors.ts';
import type { StudyContext } from './study.ts';

/** A split for a study, or `undefined` for a search without data, as on a table. */
export function splitIfAny(
  open: StudyContext<unknown>['open'],
  name: SplitName,
): DataSplit | undefined {
  try {
    return open(name);
  } catch (error) {
    if (isArcherError(error) && error.code === 'ARCHER_NO_DATA') return undefined;
    throw error;
  }
}
