import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ArcherError, EXIT, isArcherError, type JournalLine } from '@archer-nas/core';
import { readCheckpoint, type Saved } from './checkpoint.ts';
import { type CheckpointRef, checkpointOf } from './checkpoint-keeper.ts';
import { diskError } from './disk-error.ts';
import { isThere } from './durable.ts';
import type { RunFolder } from './folders.ts';
import { effectiveLines, field, isRetry, type Journal } from './journal-reader.ts';

/** Where a run stands after its last commit point, with the states to go on from. */
export interface Position {
  /** Number of the commit point's line; science lines behind it are computed again. -1: none. */
  readonly after: number;
  readonly search?: Saved;
  /** The study that was under way, and the search's progress when it was asked. */
  readonly study?: { readonly saved: Saved; readonly searchAt: number };
  /** The lines that count, up to `after`; those of steps may be left out. */
  readonly lines: readonly JournalLine[];
  /** The checkpoints that are good or not yet looked at, oldest first. */
  readonly checkpoints: readonly CheckpointRef[];
  /** Damage that was found on the way, in whole sentences. */
  readonly warnings: readonly string[];
}

/**
 * Finds the newest commit point whose checkpoints are sound: a `checkpoint` line, or the
 * `result` line of a job that ended. A run that never committed starts at zero.
 * @throws ArcherError `ARCHER_NO_CHECKPOINT` when all are damaged, `ARCHER_JOURNAL_SHORT`
 * when a checkpoint is newer than the journal
 */
export function findPosition(folder: RunFolder, journal: Journal): Position {
  checkJournalLength(folder, journal);
  const lines = effectiveLines(journal.lines);
  const reader = new CheckpointReader(folder.checkpoints);
  for (const line of lines.filter(isCommitPoint).reverse()) {
    const upTo = lines.filter(({ seq }) => seq <= line.seq);
    const states = reader.statesAt(line, upTo);
    if (states === undefined) continue;
    const checkpoints = upTo.map(checkpointOf).filter((ref) => ref !== undefined);
    const good = checkpoints.filter((ref) => reader.mayBeGood(ref, folder.checkpoints));
    const { warnings } = reader;
    return { after: line.seq, ...states, lines: upTo, checkpoints: good, warnings };
  }
  if (reader.warnings.length > 0) throw noCheckpoint(folder, reader.warnings);
  return { after: -1, lines: [], checkpoints: [], warnings: [] };
}

function isCommitPoint(line: JournalLine): boolean {
  if (line.event === 'checkpoint' || isRollback(line)) return true;
  return line.kind === 'science' && line.event === 'result';
}

function isRollback(line: JournalLine): boolean {
  return isRetry(line) && line.event === 'rollback';
}

/** Reads checkpoints, and remembers which are damaged. */
class CheckpointReader {
  readonly warnings: string[] = [];
  readonly #bad = new Set<string>();
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** The states that a commit point needs: the search's, and that of a study under way. */
  statesAt(line: JournalLine, upTo: readonly JournalLine[]) {
    if (isRollback(line) && field(line.body, 'to') === 0) return {};
    const ofSearch = upTo.findLast((l) => l.job === 'search' && l.event === 'checkpoint');
    const search = ofSearch && this.#read(checkpointOf(ofSearch));
    if (search === undefined) return undefined;
    if (line.job === 'search' || line.event === 'result') return { search };
    const saved = this.#read(checkpointOf(line));
    if (saved === undefined) return undefined;
    return { search, study: { saved, searchAt: Number(field(line.body, 'search')) } };
  }

  mayBeGood(ref: CheckpointRef, root: string): boolean {
    return !this.#bad.has(ref.folder) && isThere(join(root, ref.folder));
  }

  #read(ref: CheckpointRef | undefined): Saved | undefined {
    if (ref === undefined || this.#bad.has(ref.folder)) return undefined;
    try {
      return readCheckpoint(join(this.#root, ref.folder), ref.hash);
    } catch (error) {
      const problem = damage(join(this.#root, ref.folder), error);
      if (problem === undefined) throw error;
      this.#bad.add(ref.folder);
      this.warnings.push(problem);
      return undefined;
    }
  }
}

/** What is wrong with a checkpoint; `undefined` where it may be sound, but cannot be opened now. */
function damage(folder: string, error: unknown): string | undefined {
  const explained = diskError(folder, error);
  if (!isArcherError(explained)) return undefined;
  if (explained.code === 'ARCHER_FORMAT') return undefined;
  const isUnreadable = (error as NodeJS.ErrnoException).code === 'EIO';
  return explained === error || isUnreadable ? explained.message : undefined;
}

/**
 * Removes what no good commit point names: checkpoints that were half written or not yet
 * journalled when the run died, and damaged ones; and other files that were half written.
 */
export function removeOrphans(folder: RunFolder, position: Position): void {
  const named = new Set(position.checkpoints.map((ref) => ref.folder));
  for (const name of checkpointNames(folder)) {
    if (!named.has(name)) rmSync(join(folder.checkpoints, name), { recursive: true, force: true });
  }
  for (const parent of [folder.root, folder.tables]) {
    for (const name of isThere(parent) ? readdirSync(parent) : []) {
      // Those of locks may be another process's, which is about to be refused.
      const isOurs = name.endsWith('.tmp') && !name.startsWith(basename(folder.lock));
      if (isOurs) rmSync(join(parent, name), { force: true });
    }
  }
}

function checkpointNames(folder: RunFolder): string[] {
  return isThere(folder.checkpoints) ? readdirSync(folder.checkpoints) : [];
}

/** The lines before a checkpoint are durable before it is: fewer lines mean that some are lost. */
function checkJournalLength(folder: RunFolder, { end }: Journal): void {
  for (const name of checkpointNames(folder)) {
    const seq = Number(/-(\d+)$/.exec(name)?.[1] ?? 0);
    if (name.endsWith('.tmp') || seq <= end.nextSeq) continue;
    throw new ArcherError(
      'ARCHER_JOURNAL_SHORT',
      `${folder.journal} has ${end.nextSeq} lines, but checkpoint ${name} follows line ${seq - 1}.`,
      { exit: EXIT.corrupt, hint: 'Restore the journal, or start again with --restart.' },
    );
  }
}

function noCheckpoint(folder: RunFolder, warnings: readonly string[]): ArcherError {
  return new ArcherError(
    'ARCHER_NO_CHECKPOINT',
    `${folder.root} cannot be resumed: no sound checkpoint is left.\n${warnings.join('\n')}`,
    { exit: EXIT.corrupt, hint: 'Start the run again from zero with --restart.' },
  );
}
