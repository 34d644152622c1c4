import type { JournalLine, Manifest, Table } from '@archer-nas/core';
import { onDisk } from './disk-error.ts';
import { isThere } from './durable.ts';
import { type Fingerprint, readFingerprint } from './fingerprint.ts';
import { DEFAULT_PROFILE, runFolder } from './folders.ts';
import { checkFormat } from './format.ts';
import { effectiveLines, field, originLine, readJournal } from './journal-reader.ts';
import { checkParts, readOwnJson } from './own-json.ts';
import { decodeState } from './state-codec.ts';

/** What a search or a study answered. */
export interface Answer {
  readonly metrics: Readonly<Record<string, number>>;
  readonly tables: Readonly<Record<string, Table>>;
  readonly notes: readonly string[];
}

/** An architecture that a search ended with. */
export interface BestArchitecture {
  /** In the space's notation. */
  readonly architecture: string;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A study's answer, and at which progress of the search it was asked. */
export interface StudyAnswer extends Answer {
  /** Position in the manifest's list. */
  readonly index: number;
  readonly id: string;
  readonly searchAt: number;
  readonly identity: string;
}

/** `result.json`: equal, byte for byte, for every run of the same manifest and seed. */
export interface RunResult {
  readonly format: number;
  readonly experiment: string;
  readonly profile: string;
  readonly seed: number;
  /** Identity of the search. */
  readonly identity: string;
  readonly search: Answer & { readonly best: readonly BestArchitecture[] };
  readonly studies: readonly StudyAnswer[];
}

/** A run folder, read. */
export interface RunRecord {
  readonly folder: string;
  readonly status: 'finished' | 'unfinished';
  /** As the run was begun; both are `undefined` when it died before its first line. */
  readonly profile: string | undefined;
  readonly seed: number | undefined;
  /** 1 unless the seed was run again in a folder of its own. */
  readonly attempt: number;
  /** The resolved manifest; `undefined` when the run died before it was written. */
  readonly manifest: Manifest | undefined;
  readonly fingerprint: Fingerprint | undefined;
  readonly result: RunResult | undefined;
  /** The journal without what resumes replaced. */
  readonly lines: readonly JournalLine[];
}

/**
 * Reads a run folder, finished or not, also while it is being written.
 * @throws ArcherError `ARCHER_JOURNAL_CORRUPT`, `ARCHER_RUN_CORRUPT`, `ARCHER_FORMAT`
 */
export function readRun(root: string): RunRecord {
  const folder = runFolder(root);
  const result = readResult(folder.result);
  const { lines } = readJournal(folder.journal);
  const origin = originLine(lines);
  return {
    folder: root,
    status: result === undefined ? 'unfinished' : 'finished',
    profile:
      result?.profile ?? (origin && String(field(origin.body, 'profile') ?? DEFAULT_PROFILE)),
    seed: result?.seed ?? (origin && Number(field(origin.body, 'seed'))),
    attempt: Number((origin && field(origin.body, 'attempt')) ?? 1),
    manifest: isThere(folder.manifest)
      ? (readOwnJson(folder.manifest, ['name', 'space', 'strategy']) as unknown as Manifest)
      : undefined,
    fingerprint: isThere(folder.fingerprint) ? readFingerprint(folder.fingerprint) : undefined,
    result,
    lines: effectiveLines(lines),
  };
}

/** The result of a finished run. @throws ArcherError `ARCHER_FORMAT`, `ARCHER_RUN_CORRUPT` */
export function readResult(file: string): RunResult | undefined {
  if (!onDisk(file, () => isThere(file))) return undefined;
  const written = readOwnJson(file, ['format']);
  checkFormat('result', written.format, file);
  checkParts(written, ['experiment', 'search', 'studies'], file);
  return decodeState(written) as unknown as RunResult;
}
