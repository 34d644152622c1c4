import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  ArcherError,
  type Block,
  buildTracker,
  type Conclusion,
  EXIT,
  isArcherError,
  type Manifest,
  type PluginLookup,
  type RunEnd,
  type TrackedRun,
  type Tracker,
} from '@archer-nas/core';
import { type Exhibit, exhibitNames, prepareExhibits } from './exhibits.ts';
import { dataFolder, type RunFolder, runFolder } from './folders.ts';
import { field, originLine } from './journal-reader.ts';
import { isLocked } from './lock.ts';
import { installedPlugins } from './plugin-index.ts';
import { pluginLookup } from './plugin-lookup.ts';
import { type RunRecord, readRun } from './read-run.ts';
import { FIRST_FILES, type TrackingFacts, trackedRun } from './tracking.ts';

/** Sending all of a long run takes what it takes; a tracker gives up a silent server by itself. */
const NO_LIMIT_MS = 2 ** 31 - 1;

/** Options of {@link syncRun}. */
export interface SyncOptions {
  /** The address of another server: it gets the whole run. */
  readonly to?: string | undefined;
  /** Only say what would be sent. */
  readonly dryRun?: boolean | undefined;
  /** Makes what is shown of finished runs besides metrics and tables, where it is not there yet. */
  readonly exhibit?: Exhibit | undefined;
  /** Finds plugins elsewhere than among installed packages: for tests and embedding. */
  readonly lookup?: PluginLookup | undefined;
  /** Told of trouble with the server while it lasts. */
  readonly onNotice?: ((line: string) => void) | undefined;
}

/**
 * `sent`: all of it is there now. `complete`: it was before. `waiting`: what a dry run found.
 * `unsent`: something is left. `running`: another process runs or sends it. `untracked`: the
 * manifest says `tracker: null`, or names none and no server is set.
 */
export type SyncStatus = 'sent' | 'complete' | 'waiting' | 'unsent' | 'running' | 'untracked';

/** What became of one run. */
export interface SyncReport {
  readonly folder: string;
  readonly status: SyncStatus;
  /** What was not at the server before, one line each. */
  readonly waiting: readonly string[];
  /** What still is not, one line each. */
  readonly unsent: readonly string[];
  /** What the server will never take. */
  readonly refused: readonly string[];
  /** Why something is unsent. */
  readonly reason?: string;
}

/**
 * Sends what a run folder's tracker has not sent yet, or to another server all of it. The
 * run need not have finished, but nobody may be running it.
 * @throws ArcherError `ARCHER_NO_RUN`, and those of the journal and of the tracker's options
 */
export async function syncRun(path: string, options: SyncOptions = {}): Promise<SyncReport> {
  const folder = runFolder(resolve(path));
  const record = readRun(folder.root);
  const report = (status: SyncStatus, more: Partial<SyncReport> = {}): SyncReport => {
    return { folder: folder.root, status, waiting: [], unsent: [], refused: [], ...more };
  };
  const facts = factsOf(folder, record);
  const block = trackerBlock(facts.manifest, options.to);
  if (block === undefined) return report('untracked');
  if (isLocked(folder.lock)) return report('running');
  const manifest = { ...facts.manifest, tracker: block };
  const run = trackedRun({ ...facts, manifest }, record.lines, false);
  const tracker = await trackerOf(block, originFolder(record), options);
  try {
    return await send({ run, tracker, record, folder }, options, report);
  } catch (error) {
    if (isArcherError(error) && error.code === 'ARCHER_LOCKED') return report('running');
    throw error;
  }
}

interface Sending {
  readonly run: TrackedRun;
  readonly tracker: Tracker;
  readonly record: RunRecord;
  readonly folder: RunFolder;
}

async function send(
  { run, tracker, record, folder }: Sending,
  { dryRun = false, exhibit }: SyncOptions,
  report: (status: SyncStatus, more?: Partial<SyncReport>) => SyncReport,
): Promise<SyncReport> {
  const end: RunEnd = record.status === 'finished' ? 'finished' : 'interrupted';
  const unsent = (): readonly string[] =>
    tracker.waiting?.(run, filesOf(folder), end) ?? ['everything: it does not say what'];
  let waiting = unsent();
  if (dryRun) return report(waiting.length > 0 ? 'waiting' : 'complete', { waiting });
  let conclusion: Conclusion | undefined;
  const isNew = !existsSync(folder.exhibits) || waiting.length > 0;
  if (exhibit !== undefined && end === 'finished' && isNew) {
    conclusion = await prepareExhibits(folder, exhibit);
    waiting = unsent();
  }
  const session = tracker.open(run);
  for (const name of filesOf(folder)) session.artifact(name);
  if (conclusion !== undefined) session.conclude?.(conclusion);
  const left = await session.close(end, NO_LIMIT_MS);
  const more = { waiting, ...left };
  if (left.unsent.length > 0) return report('unsent', more);
  return report(waiting.length > 0 ? 'sent' : 'complete', more);
}

function factsOf(folder: RunFolder, record: RunRecord): TrackingFacts {
  const { manifest, fingerprint, profile, seed, attempt, result, lines } = record;
  const origin = originLine(lines);
  if (origin === undefined || manifest === undefined || fingerprint === undefined) {
    throw new ArcherError('ARCHER_NO_RUN', `${folder.root} is no run folder.`, {
      hint: 'A run folder is <results>/<profile>/seed-<n>.',
      exit: EXIT.usage,
    });
  }
  const identity = field(origin.body, 'identity') ?? result?.identity;
  if (typeof identity !== 'string') throw unnamed(folder);
  const which = { profile: profile ?? '', seed: seed ?? 0, attempt, identity };
  return { ...which, folder, manifest, fingerprint };
}

/** Journals of earlier versions do not tell the identity of a run that has not finished. */
function unnamed(folder: RunFolder): ArcherError {
  return new ArcherError(
    'ARCHER_SYNC_IDENTITY',
    `${folder.root} was begun by an earlier version and has not finished.`,
    { hint: `Go on with it first: archer resume ${folder.root}` },
  );
}

function trackerBlock({ tracker }: Manifest, to: string | undefined): Block | undefined {
  if (to !== undefined) return { use: 'mlflow', ...tracker, uri: to };
  if (tracker !== undefined) return tracker ?? undefined;
  return process.env.MLFLOW_TRACKING_URI ? { use: 'mlflow' } : undefined;
}

function originFolder({ lines }: RunRecord): string {
  const folder = field(originLine(lines)?.body ?? {}, 'folder');
  return typeof folder === 'string' ? folder : '.';
}

function trackerOf(block: Block, manifest: string, options: SyncOptions): Promise<Tracker> {
  const lookup = options.lookup ?? pluginLookup(installedPlugins(manifest));
  const folders = { data: dataFolder(undefined), manifest };
  return buildTracker(block, { lookup, folders, log: options.onNotice ?? (() => {}) });
}

/** The files that a tracker shows: those of the beginning, tables, the result, and exhibits. */
function filesOf(folder: RunFolder): string[] {
  const { tables, result } = folder;
  const finished = existsSync(result);
  const names = finished && existsSync(tables) ? readdirSync(tables).sort() : [];
  return [
    ...FIRST_FILES,
    ...names.filter((name) => !name.endsWith('.tmp')).map((name) => `tables/${name}`),
    ...(finished ? ['result.json', ...exhibitNames(folder)] : []),
  ];
}
