import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCheckpoint } from '../checkpoint.ts';
import { type CheckpointRef, checkpointOf, keptOf } from '../checkpoint-keeper.ts';
import type { RunFolder } from '../folders.ts';
import { effectiveLines, type Journal, readJournal } from '../journal-reader.ts';
import { damaged, detailOf, type Finding, intact, note } from './finding.ts';

/** The names in the folder of checkpoints. */
export function checkpointNames({ checkpoints }: RunFolder): readonly string[] {
  return existsSync(checkpoints) ? readdirSync(checkpoints) : [];
}

/**
 * Reads every checkpoint of a run and compares it with what the journal says of it.
 * @param names {@link checkpointNames}, looked up before the journal was read: it names them
 */
export function checkCheckpoints(
  folder: RunFolder,
  journal: Journal,
  names: readonly string[],
): Finding[] {
  const refs = refsOf(journal);
  const named = new Map(refs.map((ref) => [ref.folder, ref]));
  const needed = keptOf(refs).map((ref) => ref.folder);
  return [...new Set([...names, ...needed])].sort().flatMap((name) => {
    const ref = named.get(name);
    const finding = ref === undefined ? unnamed(name, journal) : checkOne(folder, ref);
    return finding.status === 'damaged' && isGone(folder, ref) ? [] : [finding];
  });
}

/** While a run is being written, what its journal named a moment ago may be gone by rights. */
function isGone(folder: RunFolder, ref: CheckpointRef | undefined): boolean {
  if (ref === undefined || existsSync(join(folder.checkpoints, ref.folder))) return false;
  const needed = keptOf(refsOf(readJournal(folder.journal)));
  return !needed.some((one) => one.folder === ref.folder);
}

function refsOf({ lines }: Journal): CheckpointRef[] {
  return effectiveLines(lines)
    .map(checkpointOf)
    .filter((ref) => ref !== undefined);
}

const partOf = ({ folder }: CheckpointRef): string => `checkpoints/${folder}`;

function checkOne(folder: RunFolder, ref: CheckpointRef): Finding {
  const path = join(folder.checkpoints, ref.folder);
  if (!existsSync(path)) return damaged(partOf(ref), 'is missing; the journal names it');
  try {
    const { job, progress } = readCheckpoint(path, ref.hash);
    const isRight = job === ref.job && progress.done === ref.at;
    const where = `${job} at ${progress.done} of ${progress.total} ${progress.unit}s`;
    if (!isRight) return damaged(partOf(ref), `holds ${where}, expected ${ref.job} at ${ref.at}`);
    return intact(partOf(ref), `${where}; header and arrays have their hashes`);
  } catch (error) {
    return damaged(partOf(ref), detailOf(error));
  }
}

function unnamed(name: string, { end }: Journal): Finding {
  const part = `checkpoints/${name}`;
  const line = Number(/-(\d+)$/.exec(name)?.[1] ?? 0);
  if (!name.endsWith('.tmp') && line > end.nextSeq) {
    return damaged('journal.jsonl', `ends before line ${line}, which ${part} follows`);
  }
  return note(part, 'is named by no line that counts; the next start removes it');
}
