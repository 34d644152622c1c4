import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { recordLength, sameButTime, versionRecord } from './event-record.ts';

/** Digits of a file's number: viewers read the files of a folder in the order of their names. */
const DIGITS = 6;

/** A file that is longer is not added to: one is in memory while it is compared. */
const MAX_FILE_BYTES = 2 ** 24;

const NAME = /^events\.out\.tfevents\.\d+\.archer\.(\d+)$/;

/** A place in the files that are there: the next record to be compared. */
interface Cursor {
  readonly names: readonly string[];
  /** Of `names`. */
  file: number;
  content: Buffer;
  at: number;
}

/**
 * The event files of one run. `put` takes every record of the run from the first on, in order: what the
 * files have already is passed over, and only what they lack is written, so that each record is there
 * once, whoever wrote it and whatever was torn off. A file from which something had to be cut is never
 * written to again, because viewers that follow it would read on in the middle of a record.
 */
export class EventFolder {
  readonly #folder: string;
  readonly #startedMs: number;
  /** While records are compared; afterwards they are appended. */
  #cursor: Cursor | undefined;
  /** The file that is appended to, and its bytes. */
  #file: { readonly name: string; bytes: number } | undefined;

  /** @param startedMs when the run began; it names the files */
  constructor(folder: string, startedMs: number) {
    this.#folder = folder;
    this.#startedMs = startedMs;
    mkdirSync(folder, { recursive: true });
    const names = readdirSync(folder).filter((name) => NAME.test(name));
    this.#cursor = { names: names.sort(), file: -1, content: Buffer.alloc(0), at: 0 };
    this.#nextFile(this.#cursor);
  }

  /** Takes the run's next records. */
  put(records: readonly Buffer[]): void {
    const fresh = Buffer.concat(records.filter((record) => !this.#isThere(record)));
    if (fresh.length === 0 || this.#file === undefined) return;
    if (this.#file.bytes > MAX_FILE_BYTES) this.#begin(this.#nameAfter(this.#file.name));
    appendFileSync(join(this.#folder, this.#file.name), fresh);
    this.#file.bytes += fresh.length;
  }

  /** No record follows: what the files have behind the last one is not of this run. */
  end(): void {
    if (this.#cursor !== undefined && this.#hasMore(this.#cursor)) this.#cut(this.#cursor);
  }

  /** Passes over a record that the files have, and cuts off what they have in its place. */
  #isThere(record: Buffer): boolean {
    const cursor = this.#cursor;
    if (cursor === undefined) return false;
    const length = this.#hasMore(cursor) ? recordLength(cursor.content, cursor.at) : undefined;
    if (length !== undefined) {
      const there = cursor.content.subarray(cursor.at, cursor.at + length);
      if (sameButTime(there, record)) {
        cursor.at += length;
        return true;
      }
    }
    this.#cut(cursor);
    return false;
  }

  #hasMore(cursor: Cursor): boolean {
    while (cursor.at >= cursor.content.length) {
      if (cursor.file >= cursor.names.length - 1) return false;
      this.#nextFile(cursor);
    }
    return true;
  }

  #nextFile(cursor: Cursor): void {
    cursor.file += 1;
    const name = cursor.names[cursor.file];
    cursor.content = name === undefined ? Buffer.alloc(0) : readFileSync(join(this.#folder, name));
    // The first record says the version of the format.
    cursor.at = recordLength(cursor.content, 0) ?? 0;
  }

  /** Removes what is behind the cursor; records are appended from here on. */
  #cut({ names, file, content, at }: Cursor): void {
    this.#cursor = undefined;
    for (const name of names.slice(file + 1)) rmSync(join(this.#folder, name), { force: true });
    const current = names[file];
    if (current !== undefined && at > 0 && at === content.length) {
      this.#file = { name: current, bytes: at };
      return;
    }
    if (current !== undefined) truncate(join(this.#folder, current), at);
    this.#begin(this.#nameAfter(names.at(-1)));
  }

  #begin(name: string): void {
    const first = versionRecord(this.#startedMs);
    appendFileSync(join(this.#folder, name), first);
    this.#file = { name, bytes: first.length };
  }

  #nameAfter(name: string | undefined): string {
    const number = name === undefined ? 0 : Number(NAME.exec(name)?.[1]);
    const seconds = Math.floor(this.#startedMs / 1000);
    const next = String(number + 1).padStart(DIGITS, '0');
    return `events.out.tfevents.${String(seconds).padStart(10, '0')}.archer.${next}`;
  }
}

function truncate(file: string, bytes: number): void {
  const descriptor = openSync(file, 'r+');
  try {
    ftruncateSync(descriptor, bytes);
  } finally {
    closeSync(descriptor);
  }
}
