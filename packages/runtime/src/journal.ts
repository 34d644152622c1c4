import { hash } from 'node:crypto';
import { closeSync, fdatasyncSync, ftruncateSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JournalLine } from '@archer-nas/core';
import { syncFolder, writeFully } from './durable.ts';
import { encodeState } from './state-codec.ts';

/** Lines wait at most this long for their fsync. */
const GROUP_COMMIT_MS = 200;

/** Hexadecimal digits of SHA-256 that a line carries. */
export const CHECKSUM_DIGITS = 16;

/** A line before it has its number. */
export type NewLine = Omit<JournalLine, 'seq'>;

/** The checksum of a line: of its text without the `sum` field. */
export function lineChecksum(text: string): string {
  return hash('sha256', text).slice(0, CHECKSUM_DIGITS);
}

/** A line as it is on disk, without the line break. */
export function formatLine({ seq, kind, job, event, at, body }: JournalLine): string {
  const fields = { seq, kind, job, event, ...(at === undefined ? {} : { at }) };
  const text = JSON.stringify({ ...fields, body: encodeState(body) });
  return `${text.slice(0, -1)},"sum":"${lineChecksum(text)}"}`;
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
 * more is written.
 */
export class JournalWriter {
  readonly #descriptor: number;
  readonly #onCommit: (lines: readonly JournalLine[]) => void;
  #nextSeq: number;
  #pending: { readonly line: JournalLine; readonly text: string }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #oldestMs = 0;
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
    this.#descriptor = openSync(file, 'a');
    this.#nextSeq = end.nextSeq;
    this.#onCommit = onCommit;
    ftruncateSync(this.#descriptor, end.bytes);
    syncFolder(dirname(file));
  }

  /** The number of the next line: every line below it was appended before. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  append(line: NewLine): JournalLine {
    this.#throwFailure();
    const numbered: JournalLine = { seq: this.#nextSeq, ...line };
    const text = formatLine(numbered);
    this.#nextSeq++;
    if (this.#pending.push({ line: numbered, text }) === 1) this.#startClock();
    // A job that never returns to the event loop does not starve the commit.
    if (performance.now() - this.#oldestMs >= GROUP_COMMIT_MS) this.commit();
    return numbered;
  }

  /** Returns when every appended line is on disk. */
  commit(): void {
    this.#throwFailure();
    this.#flush();
    this.#throwFailure();
  }

  /** Commits, unless an error was thrown before: that one is what the caller should see. */
  close(): void {
    clearTimeout(this.#timer);
    try {
      if (!this.#failure?.thrown) this.commit();
    } finally {
      closeSync(this.#descriptor);
    }
  }

  #flush(): void {
    clearTimeout(this.#timer);
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    try {
      writeFully(this.#descriptor, Buffer.from(pending.map(({ text }) => `${text}\n`).join('')));
      fdatasyncSync(this.#descriptor);
      this.#onCommit(pending.map(({ line }) => line));
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
