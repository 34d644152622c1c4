import { randomUUID } from 'node:crypto';
import { isArcherError, type RunParts, type Task } from '@archer-nas/core';
import { isThere } from './durable.ts';
import type { RunFolder } from './folders.ts';
import type { FoundRun } from './from-run.ts';
import { field, readOriginLine } from './journal-reader.ts';
import { beginSearch, searchStreams } from './seed-run.ts';
import { checkUnits } from './studies.ts';

/**
 * Names the launch that begins its runs again, for the processes of their seeds. Each deletes the
 * earlier run itself, once it knows that the new one can begin; a new one has the name in its journal,
 * so that a process which is started again goes on.
 */
const VARIABLE = 'ARCHER_RESTART';

/** What the tasks of a launch get that begins their runs again. */
export function restartVariable(): NonNullable<Task['env']> {
  return { [VARIABLE]: randomUUID() };
}

/** The launch that this process, or one with the variables of a task, belongs to. */
export function restartName(env: Task['env'] | NodeJS.ProcessEnv = process.env) {
  return env[VARIABLE] || undefined;
}

/** Whether the run in a folder is an earlier one, which this process is to delete. */
export function beginsAgain(folder: RunFolder, restart: boolean | undefined): boolean {
  return restart === true || isBefore(folder, restartName());
}

/** Whether the run in a folder is not of the launch of that name, where there is one. */
export function isBefore(folder: RunFolder, name: string | undefined): boolean {
  if (name === undefined || !isThere(folder.root)) return false;
  try {
    return field(readOriginLine(folder.journal)?.body ?? null, 'restart') !== name;
  } catch (error) {
    // What cannot be read is one reason to begin again.
    if (isArcherError(error)) return true;
    throw error;
  }
}

/**
 * Begins the search of a run and lets it go: what would end the new run at once must not cost the
 * earlier one.
 */
export async function tryBeginning(
  parts: RunParts,
  { seed, from }: { readonly seed: number; readonly from: FoundRun | undefined },
): Promise<void> {
  const context = { streams: searchStreams(seed) };
  const search = await beginSearch(parts, context, { saved: undefined, from });
  try {
    const studies = parts.studies.map((run, index) => ({ index, run }));
    checkUnits(studies, search.progress);
  } finally {
    search.dispose?.();
  }
}
