import { hash } from 'node:crypto';
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ArcherError, type JournalLine } from '@archer-nas/core';
import { onDisk } from './disk-error.ts';
import { syncFolder, writeFully } from './durable.ts';
import { stateParts } from './state-parts.ts';

/** Lines wait at most this long for their fsync. */
const GROUP_COMMIT_MS = 200;

/** Hexadecimal digits of SHA-256 that a line carries. */
export const CHECKSUM_DIGITS = 16;

/** A line before it has its number. */
export type NewLine = Omit<JournalLine, 'seq'>;

/** The checksum of a line: of its text, in UTF-8, without the `sum` field. */
export function lineChecksum(text: string | Uint8Array): string {
  return hash('sha256', text).slice(0, CHECKSUM_DIGITS);
}

/** A line as it is on disk, without the line break. */
export function formatLine(line: JournalLine): string {
  const bytes = new LineBytes();
  bytes.add(line);
  return bytes.all.toString('utf8').trimEnd();
}

/** Bytes of the `sum` field, the brace and the line break, without the brace before them. */
const ENDING = `,"sum":""}\n`.length - 1 + CHECKSUM_DIGITS;

/** Bytes of memory that is kept to be used again. */
const MOST_KEPT = 2 ** 24;

/**
 * The bytes of lines, one behind the other, in memory that is used again: lines of a megabyte
 * leave nothing that would have to be collected.
 */
class LineBytes {
  #bytes: Buffer = Buffer.alloc(0);
  #end = 0;

  /** Good until the next change. */
  get all(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }

  add({ seq, kind, job, event, at, body }: JournalLine): void {
    const fields = { seq, kind, job, event, ...(at === undefined ? {} : { at }) };
    const parts = stateParts(body, (json) => JSON.stringify({ ...fields, body: json }));
    const size = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
    const from = this.#end;
    this.#makeRoom(from + size + ENDING);
    const bytes = this.#bytes;
    let end = from;
    for (const part of parts) end += bytes.write(part, end);
    const sum = lineChecksum(bytes.subarray(from, end));
    // In the place of the line's last brace.
    this.#end = end - 1 + bytes.write(`,"sum":"${sum}"}\n`, end - 1);
  }

  clear(): void {
    this.#end = 0;
    if (this.#bytes.byteLength > MOST_KEPT) this.#bytes = Buffer.alloc(0);
  }

  #makeRoom(size: number): void {
    const room = this.#bytes.byteLength;
    if (size <= room) return;
    const larger = Buffer.allocUnsafe(Math.max(size, 2 * room));
    this.all.copy(larger);
    this.#bytes = larger;
  }
}

/** Where a journal goes on: what {@link readJournal} found to be good. */
export interface JournalEnd {
  readonly nextSeq: number;
  readonly bytes: number;
}

/**
 * The writing end of a run's journal. Its life: `append` buffers a line, `commit` makes all
 * buffered lines durable in one fsync (by itself after 200 ms), `close` commits the rest.
 * An error of the disk in the background is thrown by the next call; after an error nothing
 * more is written. Errors of the disk are `ARCHER_DISK`; a journal that was removed or replaced
 * while it was open is `ARCHER_JOURNAL_GONE`.
 */
export class JournalWriter {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #onCommit: (lines: readonly JournalLine[]) => void;
  #nextSeq: number;
  #pending: JournalLine[] = [];
  readonly #bytes = new LineBytes();
  #timer: NodeJS.Timeout | undefined;
  #oldestMs = 0;
  #closed = false;
  #failure: { readonly error: unknown; thrown: boolean } | undefined;

  /**
   * Opens `file` and cuts off what lies behind `end`, a torn line. `onCommit` gets lines
   * once they are durable.
   */
  constructor(
    file: string,
    end: JournalEnd = { nextSeq: 0, bytes: 0 },
    onCommit: (lines: readonly JournalLine[]) => void = () => {},
  ) {
    this.#file = file;
    this.#nextSeq = end.nextSeq;
    this.#onCommit = onCommit;
    this.#descriptor = onDisk(file, () => openCutOff(file, end.bytes));
  }

  /** The number of the next line: every line below it was appended before. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  append(line: NewLine): JournalLine {
    this.#throwFailure();
    const numbered: JournalLine = { seq: this.#nextSeq, ...line };
    this.#bytes.add(numbered);
    this.#nextSeq++;
    if (this.#pending.push(numbered) === 1) this.#startClock();
    // A job that never returns to the event loop does not starve the commit.
    if (performance.now() - this.#oldestMs >= GROUP_COMMIT_MS) this.commit();
    return numbered;
  }

  /** Returns when every appended line is on disk. */
  commit(): void {
    this.#throwFailure();
    this.#flush();
    if (!isStillAt(this.#file, this.#descriptor)) {
      this.#failure ??= { error: gone(this.#file), thrown: false };
    }
    this.#throwFailure();
  }

  /** Commits, unless an error was thrown before: that one is what the caller should see. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    try {
      if (!this.#failure?.thrown) this.commit();
    } finally {
      closeSync(this.#descriptor);
    }
  }

  /** Closes on the way out of an error, which is what the caller should see. */
  abandon(): void {
    try {
      this.close();
    } catch {
      // What could not be written is lost as in a crash: it is computed again.
    }
  }

  #flush(): void {
    clearTimeout(this.#timer);
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    try {
      onDisk(this.#file, () => {
        writeFully(this.#descriptor, this.#bytes.all);
        fdatasyncSync(this.#descriptor);
      });
      this.#bytes.clear();
      this.#onCommit(pending);
    } catch (error) {
      this.#failure = { error, thrown: false };
    }
  }

  #startClock(): void {
    this.#oldestMs = performance.now();
    this.#timer = setTimeout(() => {
      if (this.#failure === undefined) this.#flush();
    }, GROUP_COMMIT_MS);
    this.#timer.unref();
  }

  #throwFailure(): void {
    if (this.#failure === undefined) return;
    this.#failure.thrown = true;
    throw this.#failure.error;
  }
}

/** Opens a file for appending, without what lies behind its first `bytes` bytes. */
function openCutOff(file: string, bytes: number): number {
  const descriptor = openSync(file, 'a');
  try {
    ftruncateSync(descriptor, bytes);
    syncFolder(dirname(file));
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** False when lines go to a file that nobody will find. */
function isStillAt(file: string, descriptor: number): boolean {
  const open = fstatSync(descriptor);
  const named = statSync(file, { throwIfNoEntry: false });
  return named !== undefined && named.ino === open.ino && named.dev === open.dev;
}

function gone(file: string): ArcherError {
  return new ArcherError(
    'ARCHER_JOURNAL_GONE',
    `${file} was removed or replaced while its run was working.`,
    { hint: 'Put the run folder back, or run the same command again to begin anew.' },
  );
}
