import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalLine, State } from '@archer-nas/core';
import { type Saved, writeCheckpoint } from './checkpoint.ts';
import { onDisk } from './disk-error.ts';
import type { JournalWriter } from './journal.ts';
import { field } from './journal-reader.ts';

/** Checkpoints of a job that stay on disk, and of its anchors. */
const KEPT = 2;

/** Names of checkpoints: the job's, with hyphens, and the number of the line. */
const OWN_NAME = /^[\w-]{1,200}-\d{1,16}$/;

/** A committed checkpoint: what its journal line names. */
export interface CheckpointRef {
  readonly job: string;
  readonly folder: string;
  readonly hash: string;
  readonly at: number;
  /** A rollback may go back to it. */
  readonly anchor: boolean;
}

/** The checkpoint that a `checkpoint` line commits; `undefined` for other lines. */
export function checkpointOf(line: JournalLine): CheckpointRef | undefined {
  if (line.event !== 'checkpoint') return undefined;
  const folder = field(line.body, 'folder');
  const hash = field(line.body, 'hash');
  if (typeof folder !== 'string' || typeof hash !== 'string') return undefined;
  // The name goes into paths that are read and deleted.
  if (!OWN_NAME.test(folder)) return undefined;
  const anchor = field(line.body, 'anchor') === true;
  return { job: line.job, folder, hash, at: line.at ?? 0, anchor };
}

/** Those that stay on disk: the last two of each job, and the last two anchors. */
export function keptOf(refs: readonly CheckpointRef[]): CheckpointRef[] {
  const jobs = new Set(refs.map(({ job }) => job));
  const kept = [...jobs].flatMap((job) => {
    const own = refs.filter((ref) => ref.job === job);
    return [...own.slice(-KEPT), ...own.filter(({ anchor }) => anchor).slice(-KEPT)];
  });
  return refs.filter((ref) => kept.includes(ref));
}

/** Writes the checkpoints of a run and deletes all but the last two of each job, and two anchors. */
export class CheckpointKeeper {
  readonly #root: string;
  readonly #journal: JournalWriter;
  readonly #kept: CheckpointRef[];

  /** @param existing good checkpoints that are already there, oldest first */
  constructor(root: string, journal: JournalWriter, existing: readonly CheckpointRef[]) {
    this.#root = root;
    this.#journal = journal;
    this.#kept = [...existing];
  }

  /** The newest checkpoint of a job. */
  newest(job: string): CheckpointRef | undefined {
    return this.#kept.findLast((ref) => ref.job === job);
  }

  /** The newest state that a rollback may go back to. */
  newestAnchor(): CheckpointRef | undefined {
    return this.#kept.findLast(({ anchor }) => anchor);
  }

  /**
   * Saves a job. The journal line that names the folder and its hash is the commit point;
   * the folder's name ends with the number of that line. `notes` go into the line.
   */
  save(saved: Saved, notes: Readonly<Record<string, State>> = {}): CheckpointRef {
    const startMs = performance.now();
    // The lines that led to the state are on disk before the state is.
    this.#journal.commit();
    const folder = `${saved.job.replaceAll(':', '-')}-${this.#journal.nextSeq}`;
    const { hash, bytes } = writeCheckpoint(join(this.#root, folder), saved);
    const { done: at, total, unit } = saved.progress;
    const seconds = (performance.now() - startMs) / 1000;
    this.#journal.append({
      ...{ kind: 'telemetry', job: saved.job, event: 'checkpoint', at },
      body: { folder, hash, bytes, seconds, total, unit, ...notes },
    });
    this.#journal.commit();
    const anchor = notes.anchor === true;
    const ref: CheckpointRef = { job: saved.job, folder, hash, at, anchor };
    this.#kept.push(ref);
    this.#prune(saved.job);
    return ref;
  }

  #prune(job: string): void {
    const own = this.#kept.filter((ref) => ref.job === job);
    const stay = keptOf(own);
    for (const ref of own.filter((one) => !stay.includes(one))) {
      const path = join(this.#root, ref.folder);
      onDisk(path, () => rmSync(path, { recursive: true, force: true }));
      this.#kept.splice(this.#kept.indexOf(ref), 1);
    }
  }
}
