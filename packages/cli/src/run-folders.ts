import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ArcherError, EXIT, isArcherError } from '@archer-nas/core';
import { differencesOf } from '@archer-nas/report';
import { countedAttempts, type RunRecord, readRun, resultsBeside } from '@archer-nas/runtime';

/**
 * The runs in a folder: a run folder itself, a profile's folder with its seeds, or a results
 * folder with one profile. Of several attempts of a seed one counts; `note` hears of the others.
 * @throws ArcherError `ARCHER_NO_RUN` when there is none, or several profiles
 */
export function findRuns(path: string, note: (text: string) => void = () => {}): RunRecord[] {
  const folders = findRunFolders(path);
  const counted = countedAttempts(folders);
  const others = folders.filter((folder) => !counted.includes(folder));
  if (others.length > 0) note(`Other attempts, which do not count: ${others.join(', ')}`);
  const records = counted.map((folder) => readRun(folder)).sort(bySeed);
  const unlike = [...new Set(records.flatMap((record) => protocolsOf(record, records[0])))];
  if (unlike.length > 0) note(`These runs differ in more than their seeds: ${unlike.join(', ')}`);
  return records;
}

/** In what a run is another experiment than the first: paths. */
function protocolsOf(record: RunRecord, first: RunRecord | undefined): string[] {
  if (!record.manifest || !first?.manifest) return [];
  const paths = differencesOf(first, record).map(({ path }) => path.replace(/^manifest\./, ''));
  return paths.filter((path) => !/^(seeds|title|tracker|launcher|expect|sweep)\b/.test(path));
}

/** The same; none where there is none. */
export function findRunsIfAny(path: string): readonly RunRecord[] {
  try {
    return findRuns(path);
  } catch (error) {
    if (isArcherError(error) && error.code === 'ARCHER_NO_RUN') return [];
    throw error;
  }
}

/** The same, unread. @throws ArcherError `ARCHER_NO_RUN` */
export function findRunFolders(path: string): string[] {
  if (isRun(path)) return [path];
  const inner = folders(path);
  const seeds = inner.filter((folder) => isRun(folder));
  if (seeds.length > 0) return seeds;
  const profiles = inner.filter((folder) => folders(folder).some((seed) => isRun(seed)));
  if (profiles.length === 1) return findRunFolders(profiles[0] as string);
  throw new ArcherError('ARCHER_NO_RUN', `${path} holds no single run.`, {
    hint: profiles.length > 1 ? listed('Name one of its profiles', profiles) : foldersBelow(path),
    exit: EXIT.usage,
  });
}

/** Those that hold runs, like the points of a sweep. */
function foldersBelow(path: string): string {
  const below = [...new Set(search(path, MAX_DEPTH).map((run) => dirname(run)))];
  if (below.length === 0) return 'A run folder is <results>/<profile>/seed-<n>.';
  return listed('Runs are in', below);
}

/** Folders that a hint names. */
const SHOWN = 12;

function listed(what: string, all: readonly string[]): string {
  const more = all.length > SHOWN ? ` and ${all.length - SHOWN} more` : '';
  return `${what}: ${all.slice(0, SHOWN).join(', ')}${more}`;
}

/** Deeper than `experiments/suites/<suite>/results/<name>/<profile>/seed-<n>` lies no run. */
const MAX_DEPTH = 7;

/**
 * Every run folder in a folder, or of a manifest: those of all profiles and seeds.
 * @throws ArcherError `ARCHER_NO_RUN` when there is none
 */
export function runsBelow(path: string): string[] {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile();
  const found = search(isFile ? resultsBeside(path) : path, MAX_DEPTH);
  if (found.length > 0) return found;
  throw new ArcherError('ARCHER_NO_RUN', `${path} holds no run.`, {
    hint: 'A run folder is <results>/<profile>/seed-<n>.',
    exit: EXIT.usage,
  });
}

/** The runs where they usually are: in `results`, `runs` and `experiments` of a folder. */
export function usualRuns(folder: string): string[] {
  return ['results', 'runs', 'experiments'].flatMap((name) =>
    search(join(folder, name), MAX_DEPTH),
  );
}

function search(path: string, depth: number): string[] {
  if (isRun(path)) return [path];
  if (depth === 0 || basename(path) === 'node_modules') return [];
  return folders(path)
    .sort()
    .flatMap((inner) => search(inner, depth - 1));
}

/** Also one that has lost its journal. */
const isRun = (path: string): boolean =>
  ['journal.jsonl', 'fingerprint.json'].some((name) => existsSync(join(path, name)));

function folders(path: string): string[] {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(path, entry.name));
}

function bySeed(a: RunRecord, b: RunRecord): number {
  return seedIn(a) - seedIn(b);
}

/** Also of one that is not finished; one that died before its first line comes last. */
const seedIn = ({ seed }: RunRecord): number => seed ?? Number.MAX_VALUE;
