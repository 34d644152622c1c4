import { dirname, resolve } from 'node:path';
import { ArcherError, EXIT, type Manifest } from '@archer-nas/core';
import { runFolder } from './folders.ts';
import { field, readJournal } from './journal-reader.ts';
import { type RunOptions, type RunSummary, run } from './run.ts';

/** Options of {@link resume}: those of `run` that a run folder does not know. */
export type ResumeOptions = Omit<
  RunOptions,
  'manifest' | 'profile' | 'settings' | 'seeds' | 'out' | 'folder'
>;

/**
 * Goes on with a run folder as the command that began it would.
 * @throws ArcherError `ARCHER_NO_RUN` when the folder holds no run
 */
export async function resume(folder: string, options: ResumeOptions = {}): Promise<RunSummary> {
  return run({ ...options, ...originOf(folder) });
}

/** How the run in a folder was begun. @throws ArcherError `ARCHER_NO_RUN` */
export function originOf(
  folder: string,
): Pick<RunOptions, 'profile' | 'seeds' | 'out' | 'folder'> & { readonly manifest: Manifest } {
  const root = resolve(folder);
  const begin = readJournal(runFolder(root).journal).lines.find(
    ({ job, event }) => job === 'run' && event === 'begin',
  );
  if (begin === undefined) {
    throw new ArcherError('ARCHER_NO_RUN', `${folder} is no run folder.`, {
      hint: 'A run folder is <results>/<profile>/seed-<n>.',
      exit: EXIT.usage,
    });
  }
  const profile = field(begin.body, 'profile');
  return {
    manifest: { ...(field(begin.body, 'manifest') as unknown as Manifest), profiles: {} },
    profile: typeof profile === 'string' ? profile : undefined,
    seeds: [Number(field(begin.body, 'seed'))],
    out: dirname(dirname(root)),
    folder: String(field(begin.body, 'folder')),
  };
}
