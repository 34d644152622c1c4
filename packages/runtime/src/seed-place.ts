import { existsSync } from 'node:fs';
import { chooseAttempt } from './attempts.ts';
import { differences, readFingerprint, takeFingerprint } from './fingerprint.ts';
import { type RunFolder, runFolder, seedFolder } from './folders.ts';
import { withNamed } from './from-run.ts';
import type { RunPlan } from './run-plan.ts';

/** One seed's attempt, and where it lies. */
export interface Place {
  readonly seed: number;
  readonly attempt: number;
  readonly folder: RunFolder;
}

/** Where a plan's seed is to run; `wanted` as in the options of `run`. */
export function placeOf(
  { out, profile }: RunPlan,
  seed: number,
  wanted: number | 'new' | undefined,
): Place {
  const attempt = chooseAttempt({ out, profile, seed }, wanted);
  return { seed, attempt, folder: runFolder(seedFolder(out, profile, seed, attempt)) };
}

/**
 * Whether a seed is finished and nothing changed, as far as can be told without engine and data.
 * @throws ArcherError `ARCHER_FROM` where the run that it begins from is not there, or not finished
 */
export function isFinishedBefore(plan: RunPlan, { folder, seed }: Place): boolean {
  // Before the journal is read, which may be long.
  if (!existsSync(folder.result) || !existsSync(folder.fingerprint)) return false;
  const before = readFingerprint(folder.fingerprint);
  const resolved = withNamed(plan, seed, before.manifest.from);
  const now = takeFingerprint(resolved, { engine: undefined, dataHash: undefined });
  return differences(before, now, 'plan').length === 0;
}
