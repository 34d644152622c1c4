import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalLine, Manifest, State } from '@archer-nas/core';
import { CheckpointKeeper } from './checkpoint-keeper.ts';
import { replaceFile } from './durable.ts';
import { differences, drifted, type Fingerprint, readFingerprint } from './fingerprint.ts';
import type { RunFolder } from './folders.ts';
import { JournalWriter } from './journal.ts';
import { readJournal } from './journal-reader.ts';
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
  /** Journalled at the beginning, so that a folder alone can be resumed. */
  readonly origin: Readonly<Record<string, State>>;
  readonly acceptDrift: boolean;
  readonly onCommit: (lines: readonly JournalLine[]) => void;
}

/** Removes everything of an earlier run but the lock that this process holds. */
export function clearFolder(folder: RunFolder): void {
  if (!existsSync(folder.root)) return;
  for (const name of readdirSync(folder.root)) {
    const path = join(folder.root, name);
    if (path !== folder.lock) rmSync(path, { recursive: true, force: true });
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
  if (!existsSync(folder.fingerprint)) return [];
  const changes = differences(readFingerprint(folder.fingerprint), now);
  if (changes.length > 0 && !acceptDrift) throw drifted(folder.root, changes);
  return changes;
}

/** Begins a run's folder or finds where it stands. The caller holds the lock. */
export function openFolder(folder: RunFolder, options: OpenOptions): FolderSession {
  const { fingerprint, resolved, origin, acceptDrift, onCommit } = options;
  const changes = checkDrift(folder, fingerprint, acceptDrift);
  mkdirSync(folder.checkpoints, { recursive: true });
  const read = readJournal(folder.journal);
  const position = findPosition(folder, read);
  removeOrphans(folder, position);
  const resumed = read.lines.length > 0;
  if (!resumed || changes.length > 0) {
    replaceFile(folder.manifest, `${JSON.stringify(resolved, null, 2)}\n`);
    replaceFile(folder.fingerprint, `${JSON.stringify(fingerprint, null, 2)}\n`);
  }
  const journal = new JournalWriter(folder.journal, read.end, onCommit);
  const machine = { ...fingerprint.machine, node: fingerprint.node };
  const time = { timeMs: Date.now(), machine };
  journal.append(
    resumed
      ? {
          ...{ kind: 'telemetry', job: 'run', event: 'resume' },
          body: { ...time, after: position.after, torn: read.tornBytes, drift: [...changes] },
        }
      : { kind: 'telemetry', job: 'run', event: 'begin', body: { ...time, ...origin } },
  );
  journal.commit();
  const keeper = new CheckpointKeeper(folder.checkpoints, journal, position.checkpoints);
  return { position, resumed, journal, keeper };
}
