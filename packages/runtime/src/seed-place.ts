import { existsSync } from 'node:fs';
import { chooseAttempt } from './attempts.ts';
import { differences, readFingerprint, takeFingerprint } from './fingerprint.ts';
import { type RunFolder, runFolder, seedFolder } from './folders.ts';
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

/** Whether a seed is finished and nothing changed, as far as can be told without engine and data. */
export function isFinishedBefore({ resolved }: RunPlan, { folder }: Place): boolean {
  // Before the journal is read, which may be long.
  if (!existsSync(folder.result) || !existsSync(folder.fingerprint)) return false;
  const now = takeFingerprint(resolved, { engine: undefined, dataHash: undefined });
  return differences(readFingerprint(folder.fingerprint), now, 'plan').length === 0;
}
