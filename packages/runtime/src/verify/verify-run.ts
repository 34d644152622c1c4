import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ArcherError, EXIT, isArcherError } from '@archer-nas/core';
import { DEFAULT_PROFILE, type RunFolder, runFolder } from '../folders.ts';
import { effectiveLines, field, type Journal, originLine, readJournal } from '../journal-reader.ts';
import { lockState } from '../lock.ts';
import { resultFiles, withoutNumberGuards } from '../result-files.ts';
import { resultOf } from '../run-result.ts';
import { checkCheckpoints, checkpointNames } from './checkpoints.ts';
import { checkDescription, type Description, identityOf, resolvedOf } from './description.ts';
import { damaged, detailOf, type Finding, intact, note } from './finding.ts';

/** What a look at a run folder found. */
export interface Verification {
  readonly folder: string;
  readonly status: 'intact' | 'damaged';
  readonly run: 'finished' | 'unfinished';
  readonly findings: readonly Finding[];
}

const RESULT = 'result.json';

/**
 * Checks everything in a run folder against its journal, and the journal against its own
 * checksums: every checkpoint is read and hashed, tables and result are computed again and
 * compared byte for byte. Changes nothing; also while the run is being written.
 * @throws ArcherError `ARCHER_NO_RUN` when the folder holds nothing of a run
 */
export function verifyRun(path: string): Verification {
  const folder = runFolder(resolve(path));
  const parts = [folder.journal, folder.manifest, folder.fingerprint, folder.result];
  if (!parts.some((file) => existsSync(file))) throw noRun(path);
  // Before the journal, which then has all that they come from.
  const result = textOf(folder.result);
  const names = checkpointNames(folder);
  const findings = [...checkAll(folder, result, names), ...leftovers(folder), ...lockNote(folder)];
  const isDamaged = findings.some(({ status }) => status === 'damaged');
  return {
    folder: folder.root,
    status: isDamaged ? 'damaged' : 'intact',
    run: result === undefined ? 'unfinished' : 'finished',
    findings,
  };
}

function checkAll(
  folder: RunFolder,
  result: string | undefined,
  names: readonly string[],
): Finding[] {
  if (!existsSync(folder.journal)) return [damaged('journal.jsonl', 'is missing')];
  let journal: Journal;
  try {
    journal = readJournal(folder.journal);
  } catch (error) {
    if (!isArcherError(error)) throw error;
    const rest = note(
      'checkpoints, tables, result.json',
      'not checked: the journal says what they are',
    );
    return [damaged('journal.jsonl', detailOf(error)), rest];
  }
  const description = checkDescription(folder, journal.lines);
  return [
    ...checkJournal(journal, { isFinished: result !== undefined, isSaved: names.length > 0 }),
    ...description.findings,
    ...checkCheckpoints(folder, journal, names),
    ...checkResult(folder, journal, description, result),
  ];
}

/** How far a run has come, by its other files. */
interface Reached {
  readonly isFinished: boolean;
  /** There are checkpoints. */
  readonly isSaved: boolean;
}

function checkJournal(
  { lines, end, tornBytes }: Journal,
  { isFinished, isSaved }: Reached,
): Finding[] {
  const part = 'journal.jsonl';
  if (lines.length === 0) {
    const bytes = `has no line, only ${tornBytes} bytes that are none`;
    if (isFinished || isSaved) return [damaged(part, `${bytes}; the run had begun`)];
    return [note(part, `${bytes}: torn off, or being written; a resume begins the run`)];
  }
  const first = lines[0];
  if (first !== undefined && !(first.job === 'run' && first.event === 'begin')) {
    return [damaged(part, `begins with ${first.job} ${first.event}, expected run begin`)];
  }
  const findings = [intact(part, `${lines.length} lines, numbers and checksums right`)];
  if (tornBytes === 0) return findings;
  const torn = `${tornBytes} bytes behind line ${end.nextSeq - 1} are no line`;
  const finding = isFinished
    ? damaged(part, `${torn}; the run was finished before`)
    : note(part, `${torn}: torn off, or being written; a resume computes them again`);
  return [...findings, finding];
}

/** Computes result and tables again from the journal. */
function checkResult(
  folder: RunFolder,
  { lines }: Journal,
  { manifest, fingerprint }: Description,
  result: string | undefined,
): Finding[] {
  if (result === undefined) return [note(RESULT, 'is not there: the run is not finished')];
  const origin = originLine(lines);
  if (origin === undefined || manifest === undefined || fingerprint === undefined) {
    return [note(RESULT, 'not checked: what describes the run is damaged')];
  }
  const seed = Number(field(origin.body, 'seed'));
  const resolved = resolvedOf(manifest, fingerprint);
  const identity = identityOf(manifest, fingerprint, seed);
  const profile = String(field(origin.body, 'profile') ?? DEFAULT_PROFILE);
  const expected = resultFiles(
    resultOf(effectiveLines(lines), resolved, { profile, seed, identity }),
  );
  const extra = existsSync(folder.tables)
    ? readdirSync(folder.tables).filter((name) => !expected.has(`tables/${name}`))
    : [];
  return [
    ...[...expected].map(([name, content]) => compare(folder, name, content)),
    ...extra
      .filter((name) => !name.endsWith('.tmp'))
      .map((name) => note(`tables/${name}`, 'is no table of this run')),
  ];
}

function compare(folder: RunFolder, name: string, expected: string): Finding {
  const found = textOf(join(folder.root, name));
  if (found === undefined) return damaged(name, 'is missing');
  if (found === expected) return intact(name, 'equals what the journal gives, byte for byte');
  if (name.endsWith('.csv') && withoutNumberGuards(found) === expected) {
    return intact(name, 'equals what the journal gives, as an earlier version wrote it');
  }
  return damaged(name, 'is not what the journal gives');
}

/** Temporary files that a killed process left, or that are being written. */
function leftovers(folder: RunFolder): Finding[] {
  const names = ['.', 'tables', 'exports'].flatMap((inner) => {
    const path = join(folder.root, inner);
    return existsSync(path) ? readdirSync(path).map((name) => join(inner, name)) : [];
  });
  const temporary = names
    .filter((name) => name.endsWith('.tmp'))
    .map((name) => note(name, 'is a temporary file: left behind, or being written'));
  const exported = names.filter((name) => /^exports.[^.]/.test(name) && !name.endsWith('.tmp'));
  const unchecked = 'is not checked: archer export writes it anew';
  return [...temporary, ...exported.map((name) => note(name, unchecked))];
}

function lockNote(folder: RunFolder): Finding[] {
  const state = lockState(folder.lock);
  return state === undefined ? [] : [note('lock', state)];
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function noRun(path: string): ArcherError {
  return new ArcherError('ARCHER_NO_RUN', `${path} is no run folder.`, {
    hint: 'A run folder is <results>/<profile>/seed-<n>.',
    exit: EXIT.usage,
  });
}
