import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  ArcherError,
  EXIT,
  type JournalLine,
  type Manifest,
  type State,
  sha256Hex,
} from '@archer-nas/core';
import { CheckpointKeeper } from './checkpoint-keeper.ts';
import { onDisk } from './disk-error.ts';
import { isThere, makeFolder, replaceFile } from './durable.ts';
import { differences, drifted, type Fingerprint, readFingerprint } from './fingerprint.ts';
import type { RunFolder } from './folders.ts';
import { FORMAT } from './format.ts';
import { JournalWriter, type NewLine } from './journal.ts';
import { effectiveLines, field, type Journal, originLine, readJournal } from './journal-reader.ts';
import { findPosition, type Position, removeOrphans } from './position.ts';

/** An opened run folder: where the run stands, and the writers to go on with. */
export interface FolderSession {
  readonly position: Position;
  readonly resumed: boolean;
  readonly journal: JournalWriter;
  readonly keeper: CheckpointKeeper;
}

/** What {@link openFolder} needs to know. */
export interface OpenOptions {
  readonly fingerprint: Fingerprint;
  /** With presets expanded: what `manifest.json` shows. */
  readonly resolved: Manifest;
  /** Journalled at the beginning and after drift, so that a folder alone can be resumed. */
  readonly origin: Readonly<Record<string, State>>;
  readonly acceptDrift: boolean;
  /** Gets the lines that count, once they are durable: at a resume first those that are there. */
  readonly onCommit?: ((lines: readonly JournalLine[]) => void) | undefined;
}

/** Removes an earlier run: its own files, and not the lock that this process holds. */
export function clearFolder(folder: RunFolder): void {
  if (!isThere(folder.root)) return;
  const { root, lock: _, result, ...others } = folder;
  // First what makes it look finished: this may be interrupted, too.
  const own = [result, ...Object.values(others)];
  for (const path of own) rmSync(path, { recursive: true, force: true });
  const starts = own.map((path) => `${basename(path)}.`);
  for (const name of readdirSync(root)) {
    const isPartial = name.endsWith('.tmp') && starts.some((start) => name.startsWith(start));
    if (isPartial) rmSync(join(root, name), { recursive: true, force: true });
  }
}

/**
 * Refuses a run folder with links in the places of its own files: what is written and deleted
 * through them would lie elsewhere.
 * @throws ArcherError `ARCHER_RUN_LINK`, `ARCHER_DISK`
 */
export function checkOwnFiles({ root, ...own }: RunFolder): void {
  for (const path of Object.values(own)) {
    const stats = onDisk(path, () => lstatSync(path, { throwIfNoEntry: false }));
    if (!stats?.isSymbolicLink()) continue;
    throw new ArcherError('ARCHER_RUN_LINK', `${path} is a link.`, {
      hint: `A run writes inside of its own folder only. Links to ${root} or above it are fine.`,
      exit: EXIT.corrupt,
    });
  }
}

/**
 * What changed since the run in a folder began; empty for a new one.
 * @throws ArcherError `ARCHER_DRIFT` unless it is accepted
 */
export function checkDrift(
  folder: RunFolder,
  now: Fingerprint,
  acceptDrift: boolean,
): readonly string[] {
  if (!isThere(folder.fingerprint)) return [];
  const changes = differences(readFingerprint(folder.fingerprint), now);
  if (changes.length > 0 && !acceptDrift) throw drifted(folder.root, changes);
  return changes;
}

/**
 * Begins a run's folder or finds where it stands. The caller holds the lock.
 * @throws ArcherError `ARCHER_DRIFT`, or that the folder cannot be resumed; nothing was changed then
 */
export function openFolder(folder: RunFolder, options: OpenOptions): FolderSession {
  return onDisk(folder.root, () => open(folder, options));
}

function open(folder: RunFolder, options: OpenOptions): FolderSession {
  const read = readJournal(folder.journal, { steps: false });
  const resumed = read.end.nextSeq > 0;
  // An extension was journalled by a process that died before it described the run anew.
  if (isExtendedTo(read.lines, options)) describeRun(folder, options);
  const changes = resumed ? checkDrift(folder, options.fingerprint, options.acceptDrift) : [];
  const position = findPosition(folder, read);
  makeFolder(folder.checkpoints);
  removeOrphans(folder, position);
  if (!resumed) describeRun(folder, options);
  else options.onCommit?.(linesUpTo(position, folder));
  const journal = new JournalWriter(folder.journal, read.end, options.onCommit);
  try {
    journal.append(resumed ? resumeLine(position, read, changes, options) : beginLine(options));
    journal.commit();
    // Drift is written down before it is no longer to be seen.
    if (changes.length > 0) describeRun(folder, options);
  } catch (error) {
    journal.abandon();
    throw error;
  }
  const keeper = new CheckpointKeeper(folder.checkpoints, journal, position.checkpoints);
  return { position, resumed, journal, keeper };
}

/** The lines that count, those of steps included. */
function linesUpTo({ after }: Position, folder: RunFolder): JournalLine[] {
  return effectiveLines(readJournal(folder.journal).lines).filter(({ seq }) => seq <= after);
}

/** Whether the journal says last that the run was extended to what it is now opened as. */
export function isExtendedTo(lines: readonly JournalLine[], options: OpenOptions): boolean {
  const line = originLine(lines);
  if (line?.event !== 'extend') return false;
  const written = field(line.body, 'sha256') ?? null;
  return field(written, 'fingerprint') === originBody(options).sha256.fingerprint;
}

/** Writes the files that say what a run is. */
export function describeRun(folder: RunFolder, options: OpenOptions): void {
  const { manifest, fingerprint } = descriptions(options);
  replaceFile(folder.manifest, manifest);
  replaceFile(folder.fingerprint, fingerprint);
}

/** What the files say that describe a run. */
function descriptions({ resolved, fingerprint }: OpenOptions) {
  return {
    manifest: `${JSON.stringify(resolved, null, 2)}\n`,
    fingerprint: `${JSON.stringify(fingerprint, null, 2)}\n`,
  };
}

/** How the run was begun, and the hashes of the files that say so. */
export function originBody(options: OpenOptions) {
  const { manifest, fingerprint } = descriptions(options);
  const sha256 = { manifest: sha256Hex(manifest), fingerprint: sha256Hex(fingerprint) };
  return { ...options.origin, sha256 };
}

function beginLine(options: OpenOptions): NewLine {
  const format = FORMAT.journal;
  const body = { format, ...circumstances(options.fingerprint), ...originBody(options) };
  return { kind: 'telemetry', job: 'run', event: 'begin', body };
}

function resumeLine(
  { after }: Position,
  { tornBytes }: Journal,
  changes: readonly string[],
  options: OpenOptions,
): NewLine {
  const drift = changes.length > 0 ? { drift: changes, ...originBody(options) } : {};
  const body = { ...circumstances(options.fingerprint), after, torn: tornBytes, ...drift };
  return { kind: 'telemetry', job: 'run', event: 'resume', body };
}

/** When and where a run begins or goes on. */
export function circumstances({ machine, node }: Fingerprint) {
  return { timeMs: Date.now(), machine: { ...machine, node } };
}
