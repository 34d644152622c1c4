import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { runFolder, seedFolder } from './folders.ts';

const NAME = /^seed-(\d+)(?:-attempt-(\d+))?$/;

/** Where the runs of one seed lie. */
export interface SeedPlace {
  readonly out: string;
  readonly profile: string | undefined;
  readonly seed: number;
}

/**
 * The attempt that a run works on. The first, unless another is named; `new` goes on with the
 * last one, or begins the next when that is finished.
 */
export function chooseAttempt(
  { out, profile, seed }: SeedPlace,
  wanted: number | 'new' = 1,
): number {
  if (wanted !== 'new') return wanted;
  const first = seedFolder(out, profile, seed);
  const names = existsSync(dirname(first)) ? readdirSync(dirname(first)) : [];
  const attempts = names.map(placeOf).filter((place) => place?.seed === seed);
  const last = Math.max(1, ...attempts.map((place) => place?.attempt ?? 1));
  return isFinished(seedFolder(out, profile, seed, last)) ? last + 1 : last;
}

/**
 * The run folders that count, one per seed: of several attempts the first one that is finished,
 * so that no later one can be chosen by its result. Folders with other names all count.
 */
export function countedAttempts(folders: readonly string[]): string[] {
  return folders.filter((folder) => {
    const own = placeOf(basename(folder));
    if (own === undefined) return true;
    const same = folders
      .filter(
        (one) => dirname(one) === dirname(folder) && placeOf(basename(one))?.seed === own.seed,
      )
      .sort((a, b) => (placeOf(basename(a))?.attempt ?? 1) - (placeOf(basename(b))?.attempt ?? 1));
    return folder === (same.find(isFinished) ?? same[0]);
  });
}

function placeOf(name: string): { readonly seed: number; readonly attempt: number } | undefined {
  const found = NAME.exec(name);
  return found === null ? undefined : { seed: Number(found[1]), attempt: Number(found[2] ?? 1) };
}

function isFinished(folder: string): boolean {
  return existsSync(runFolder(folder).result);
}
