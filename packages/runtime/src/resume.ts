import { dirname, resolve } from 'node:path';
import { ArcherError, EXIT, type JournalLine, type Manifest } from '@archer-nas/core';
import { runFolder, seedFolder } from './folders.ts';
import { field, readOriginLine } from './journal-reader.ts';
import type { LauncherSettings } from './launcher-choice.ts';
import { type RunOptions, type RunSummary, run } from './run.ts';

/** Options of {@link resume}: those of `run` that a run folder does not know. */
export type ResumeOptions = Omit<
  RunOptions,
  | keyof RunOrigin
  | keyof LauncherSettings
  | 'settings'
  | 'extend'
  | 'seedCommand'
  | 'seedEnvironment'
>;

/**
 * Goes on with a run folder as the command that began it would.
 * @throws ArcherError `ARCHER_NO_RUN` when the folder holds no run, `ARCHER_RUN_RENAMED` when
 * it no longer has the name that its profile and seed give it
 */
export async function resume(folder: string, options: ResumeOptions = {}): Promise<RunSummary> {
  return run({ ...options, ...ownOrigin(folder) });
}

/** Options of {@link extend}: what changes, as in `run`, and those of a resume. */
export type ExtendOptions = ResumeOptions & Required<Pick<RunOptions, 'settings'>>;

/**
 * Goes on with a finished run under a larger budget, `strategy.epochs=400`. The search is the one
 * that would have had this budget from the beginning where its schedules do not depend on the
 * budget; where they do, they go on as those of the larger budget. A run that is interrupted after
 * that is resumed like any other.
 * @throws ArcherError as {@link resume}, and `ARCHER_EXTEND`, `ARCHER_DRIFT`
 */
export async function extend(folder: string, options: ExtendOptions): Promise<RunSummary> {
  return run({ ...options, ...ownOrigin(folder), extend: true });
}

/** {@link originOf} of a folder that has the name which its profile and seed give it. */
function ownOrigin(folder: string): RunOrigin {
  const origin = originOf(folder);
  const expected = seedFolder(origin.out, origin.profile, origin.seeds[0], origin.attempt);
  if (expected !== resolve(folder)) throw renamed(folder, expected);
  return origin;
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
  const line = readOriginLine(runFolder(root).journal);
  if (line !== undefined) return originIn(line, root);
  throw new ArcherError('ARCHER_NO_RUN', `${folder} is no run folder.`, {
    hint: 'A run folder is <results>/<profile>/seed-<n>.',
    exit: EXIT.usage,
  });
}

/** What a line says that tells how a run was begun or went on. @param root the run's folder */
export function originIn({ body }: JournalLine, root: string): RunOrigin {
  const recorded = field(body, 'profile');
  const profile = typeof recorded === 'string' ? recorded : undefined;
  // The profile is in the manifest already; its name only says where the run lies.
  const profiles = profile === undefined ? {} : { [profile]: null };
  return {
    manifest: { ...(field(body, 'manifest') as unknown as Manifest), profiles },
    profile,
    seeds: [Number(field(body, 'seed'))],
    attempt: Number(field(body, 'attempt') ?? 1),
    out: dirname(dirname(root)),
    folder: String(field(body, 'folder')),
  };
}

function renamed(folder: string, expected: string): ArcherError {
  return new ArcherError('ARCHER_RUN_RENAMED', `${folder} holds the run of ${expected}.`, {
    hint: 'A run goes on only under its own name, <results>/<profile>/seed-<n>: rename it back.',
    exit: EXIT.usage,
  });
}
