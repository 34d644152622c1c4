import { dirname, resolve } from 'node:path';
import { ArcherError, EXIT, type Manifest } from '@archer-nas/core';
import { runFolder, seedFolder } from './folders.ts';
import { field, readOriginLine } from './journal-reader.ts';
import type { LauncherSettings } from './launcher-choice.ts';
import { type RunOptions, type RunSummary, run } from './run.ts';

/** Options of {@link resume}: those of `run` that a run folder does not know. */
export type ResumeOptions = Omit<
  RunOptions,
  keyof RunOrigin | keyof LauncherSettings | 'settings' | 'seedCommand' | 'seedEnvironment'
>;

/**
 * Goes on with a run folder as the command that began it would.
 * @throws ArcherError `ARCHER_NO_RUN` when the folder holds no run, `ARCHER_RUN_RENAMED` when
 * it no longer has the name that its profile and seed give it
 */
export async function resume(folder: string, options: ResumeOptions = {}): Promise<RunSummary> {
  const origin = originOf(folder);
  const expected = seedFolder(origin.out, origin.profile, origin.seeds[0], origin.attempt);
  if (expected !== resolve(folder)) throw renamed(folder, expected);
  return run({ ...options, ...origin });
}

/** The options of `run` that a run folder knows. */
export interface RunOrigin {
  readonly manifest: Manifest;
  readonly profile: string | undefined;
  readonly seeds: readonly [number];
  readonly attempt: number;
  readonly out: string;
  readonly folder: string;
}

/** How the run in a folder was begun, or went on after accepted drift. @throws ArcherError `ARCHER_NO_RUN` */
export function originOf(folder: string): RunOrigin {
  const root = resolve(folder);
  const begin = readOriginLine(runFolder(root).journal);
  if (begin === undefined) {
    throw new ArcherError('ARCHER_NO_RUN', `${folder} is no run folder.`, {
      hint: 'A run folder is <results>/<profile>/seed-<n>.',
      exit: EXIT.usage,
    });
  }
  const recorded = field(begin.body, 'profile');
  const profile = typeof recorded === 'string' ? recorded : undefined;
  // The profile is in the manifest already; its name only says where the run lies.
  const profiles = profile === undefined ? {} : { [profile]: null };
  return {
    manifest: { ...(field(begin.body, 'manifest') as unknown as Manifest), profiles },
    profile,
    seeds: [Number(field(begin.body, 'seed'))],
    attempt: Number(field(begin.body, 'attempt') ?? 1),
    out: dirname(dirname(root)),
    folder: String(field(begin.body, 'folder')),
  };
}

function renamed(folder: string, expected: string): ArcherError {
  return new ArcherError('ARCHER_RUN_RENAMED', `${folder} holds the run of ${expected}.`, {
    hint: 'A run goes on only under its own name, <results>/<profile>/seed-<n>: rename it back.',
    exit: EXIT.usage,
  });
}
