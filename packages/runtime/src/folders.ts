import { homedir } from 'node:os';
import { join, parse, resolve } from 'node:path';

/** Where the files of one run (one seed of one profile) lie. */
export interface RunFolder {
  readonly root: string;
  /** The resolved manifest. */
  readonly manifest: string;
  /** What the results depend on besides the manifest: versions, engine class, data. */
  readonly fingerprint: string;
  readonly journal: string;
  readonly checkpoints: string;
  /** Written last; a run that has it is finished. */
  readonly result: string;
  readonly tables: string;
  readonly exports: string;
  /** What is shown of a finished run where it is tracked. */
  readonly exhibits: string;
  /** What trackers remember, a file each. */
  readonly trackers: string;
  readonly lock: string;
}

/** Name of the folder of a run without profile. */
export const DEFAULT_PROFILE = 'default';

/** The layout of a run folder. */
export function runFolder(root: string): RunFolder {
  return {
    root,
    manifest: join(root, 'manifest.json'),
    fingerprint: join(root, 'fingerprint.json'),
    journal: join(root, 'journal.jsonl'),
    checkpoints: join(root, 'checkpoints'),
    result: join(root, 'result.json'),
    tables: join(root, 'tables'),
    exports: join(root, 'exports'),
    exhibits: join(root, 'exhibits'),
    trackers: join(root, 'trackers'),
    lock: join(root, 'lock'),
  };
}

/** The folder of a seed: `<out>/<profile or default>/seed-<n>`, of later attempts `seed-<n>-attempt-<k>`. */
export function seedFolder(
  out: string,
  profile: string | undefined,
  seed: number,
  attempt = 1,
): string {
  const name = attempt === 1 ? `seed-${seed}` : `seed-${seed}-attempt-${attempt}`;
  return join(resolve(out), profile ?? DEFAULT_PROFILE, name);
}

/** Folder of downloads and caches: the option, `ARCHER_DATA`, or `~/.cache/archer`. */
export function dataFolder(
  option: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  return resolve(option ?? environment.ARCHER_DATA ?? join(homedir(), '.cache', 'archer'));
}

/** Folder of results: the option, {@link resultsBeside} the manifest's file, or `runs/<name>`. */
export function outFolder(
  option: string | undefined,
  manifest: { readonly file: string | undefined; readonly name: string },
): string {
  if (option !== undefined) return resolve(option);
  return manifest.file === undefined
    ? resolve('runs', manifest.name)
    : resultsBeside(manifest.file);
}

/**
 * Where the results of a manifest's file go unless it is told: `results` beside a file `manifest`,
 * `results/<file>` beside one of another name, as a folder may have several, a suite for one.
 */
export function resultsBeside(file: string): string {
  const { dir, name } = parse(resolve(file));
  return name === 'manifest' ? join(dir, 'results') : join(dir, 'results', name);
}
