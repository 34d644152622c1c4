import { rmSync } from 'node:fs';
import { ArcherError, EXIT, isSearchStep, type JournalLine, type RunParts } from '@archer-nas/core';
import { isThere, syncFolder } from './durable.ts';
import { besidesStrategy, differences, drifted, readFingerprint } from './fingerprint.ts';
import type { RunFolder } from './folders.ts';
import { JournalWriter } from './journal.ts';
import { effectiveLines, readJournal } from './journal-reader.ts';
import { findPosition, type Position } from './position.ts';
import {
  circumstances,
  describeRun,
  isExtendedTo,
  type OpenOptions,
  originBody,
} from './run-folder-session.ts';
import { streamsAt } from './seed-run.ts';

/** What an extension needs besides the folder, whose lock the caller holds. */
export interface Extension {
  readonly seed: number;
  /** Created from the manifest with the larger budget. */
  readonly parts: RunParts;
  readonly opening: OpenOptions;
}

/**
 * Lets a finished run go on with a larger budget: from here on it is an interrupted run of the
 * changed manifest, which stands where the search ended. What only the end of the shorter run has
 * (answers of studies, a search of the trained supernet) no longer counts. The journal's `extend` line
 * is the commit point; a process that dies before it leaves a run that a resume finishes as it was.
 *
 * @returns what changed, a line each; nothing where it was extended to that before
 * @throws ArcherError `ARCHER_EXTEND` when the run is not finished or does not get longer,
 * `ARCHER_DRIFT` when more than the strategy's options changed
 */
export async function extendFolder(folder: RunFolder, extension: Extension): Promise<string[]> {
  const { opening } = extension;
  const journal = readJournal(folder.journal);
  if (isExtendedTo(journal.lines, opening)) return [];
  const changes = checkChanges(folder, opening);
  const position = findPosition(folder, journal);
  const { done, total, before } = await lengthOf(folder, position, extension);
  const lines = effectiveLines(journal.lines);
  const isKept = (line: JournalLine): boolean => isSearchStep(line) && line.at === done;
  const after = lines.findLast(isKept)?.seq ?? (done === 0 ? 0 : undefined);
  if (after === undefined) throw refused(folder, `its journal has no line of step ${done}`);
  const keeps = lines.findLast(isSearchCheckpoint)?.seq ?? 0;
  // First what makes it look finished.
  rmSync(folder.result, { force: true });
  rmSync(folder.tables, { recursive: true, force: true });
  syncFolder(folder.root);
  const writer = new JournalWriter(folder.journal, journal.end);
  try {
    const extended = { after, keeps, extends: { from: before, at: done, to: total } };
    const body = { ...circumstances(opening.fingerprint), ...extended, drift: changes };
    const line = { kind: 'telemetry', job: 'run', event: 'extend' } as const;
    writer.append({ ...line, body: { ...body, ...originBody(opening) } });
  } finally {
    writer.close();
  }
  describeRun(folder, opening);
  return [...changes, `search: ${before} → ${total}, from ${done} on`];
}

const isSearchCheckpoint = ({ job, event }: JournalLine): boolean =>
  job === 'search' && event === 'checkpoint';

/** Only options of the strategy may change. */
function checkChanges(folder: RunFolder, opening: OpenOptions): readonly string[] {
  if (!isThere(folder.fingerprint)) throw refused(folder, 'it was never begun');
  const changes = differences(readFingerprint(folder.fingerprint), opening.fingerprint);
  const others = besidesStrategy(changes);
  if (others.length > 0 && !opening.acceptDrift) throw drifted(folder.root, others);
  if (others.length < changes.length) return changes;
  throw refused(folder, 'no option of its strategy changes');
}

/** How long the search was, where it stands under the larger budget, and how long it gets. */
async function lengthOf(
  folder: RunFolder,
  { search, lines }: Position,
  { parts, seed }: Extension,
): Promise<{ readonly done: number; readonly total: number; readonly before: number }> {
  const isAnswered = lines.some(({ job, event }) => job === 'search' && event === 'result');
  if (search === undefined || !isAnswered) {
    throw refused(folder, 'its search is not finished: archer resume comes first');
  }
  const longer = await parts.strategy.begin({ streams: streamsAt(seed, lines) }, search.state);
  try {
    const { done, total, unit } = longer.progress;
    const before = search.progress.total;
    if (total > before && done <= search.progress.done) return { done, total, before };
    throw refused(folder, `its search of ${before} ${unit}s does not get longer: ${total}`);
  } finally {
    longer.dispose?.();
  }
}

function refused({ root }: RunFolder, why: string): ArcherError {
  return new ArcherError('ARCHER_EXTEND', `${root} cannot be extended: ${why}.`, {
    hint: 'Say the larger budget, such as --set strategy.epochs=400.',
    exit: EXIT.usage,
  });
}
