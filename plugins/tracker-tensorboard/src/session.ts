import {
  isTurn,
  type JournalLine,
  type Leftovers,
  type LineReader,
  type RunEnd,
  type TrackedRun,
  type TrackedSession,
  type TrackerShelf,
} from '@archer-nas/core';
import { EventFolder } from './event-folder.ts';
import { pointRecord } from './event-record.ts';
import { JournalPoints } from './journal-points.ts';

/** What a session works with. */
export interface SessionOptions {
  /** The folder of this run's event files. */
  readonly folder: string;
  /** How long lines are gathered before they are written, in milliseconds. */
  readonly flushMs: number;
  /** Told once when the folder cannot be written, and once when it can again. */
  readonly notice: (line: string) => void;
}

/** While the process waits for us, there is no time for long pauses. */
const CLOSING_PAUSE_MS = 50;
/** The longest pause after failures, which double it. */
const MOST_PAUSE_MS = 60_000;

/** Where the writing stands: in the journal, and in the event files. */
interface Writing {
  readonly reader: LineReader;
  readonly points: JournalPoints;
  readonly files: EventFolder;
  /** The last line that was read. */
  seen: number;
}

/**
 * One run's writing. `log` only notes that there is something: a timer reads the journal, where it
 * is safe, and writes. What fails is tried again from the first line on, which writes nothing twice
 * (see {@link EventFolder}), and never reaches the caller.
 */
export class TensorBoardSession implements TrackedSession {
  /** Event files have no place for pictures of a page. */
  readonly shows = false;
  readonly #run: TrackedRun;
  readonly #options: SessionOptions;
  #shelf: TrackerShelf | undefined;
  #writing: Writing | undefined;
  #isBehind = true;
  #timer: NodeJS.Timeout | undefined;
  #failure: string | undefined;
  #pauseMs: number;
  #closed: Promise<Leftovers> | undefined;

  constructor(run: TrackedRun, options: SessionOptions) {
    this.#run = run;
    this.#options = options;
    this.#pauseMs = options.flushMs;
    this.#wake();
  }

  log(lines: readonly JournalLine[]): void {
    if (this.#closed) return;
    // What was read before may no longer count.
    const seen = this.#writing?.seen ?? -1;
    if (lines.some((line) => isTurn(line) && line.seq > seen)) this.#writing = undefined;
    this.#isBehind = true;
    this.#wake();
  }

  /** Event files have no place for artifacts. */
  artifact(): void {}

  close(status: RunEnd, timeoutMs: number): Promise<Leftovers> {
    this.#closed ??= this.#finish(status, timeoutMs);
    return this.#closed;
  }

  async #finish(status: RunEnd, timeoutMs: number): Promise<Leftovers> {
    clearTimeout(this.#timer);
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
    }, timeoutMs);
    for (;;) {
      await this.#write(() => !isLate);
      if (!this.#isBehind || isLate) break;
      await new Promise((resolve) => setTimeout(resolve, CLOSING_PAUSE_MS));
    }
    clearTimeout(deadline);
    if (!this.#isBehind && status === 'finished') this.#attempt(() => this.#writing?.files.end());
    this.#shelf?.[Symbol.dispose]();
    return this.#leftovers();
  }

  #leftovers(): Leftovers {
    if (!this.#isBehind) return { unsent: [], refused: [] };
    const unsent = [`points from journal line ${(this.#writing?.seen ?? -1) + 1} on`];
    return { unsent, refused: [], ...(this.#failure && { reason: this.#failure }) };
  }

  #wake(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(() => {
      const done = this.#write(() => !this.#closed);
      void done.then(() => {
        this.#timer = undefined;
        if (this.#isBehind) this.#wake();
      });
    }, this.#pauseMs);
    this.#timer.unref();
  }

  /** Writes what there is, a piece of the journal at a time, in turns with other work. */
  async #write(mayGoOn: () => boolean): Promise<void> {
    while (this.#isBehind && mayGoOn()) {
      if (!this.#attempt(() => this.#writePiece())) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #writePiece(): void {
    this.#shelf ??= this.#run.folder.takeShelf();
    this.#writing ??= this.#begin();
    const writing = this.#writing;
    const lines = writing.reader.next(writing.seen);
    writing.files.put(lines.flatMap((line) => writing.points.of(line)).map(pointRecord));
    writing.seen = lines.at(-1)?.seq ?? writing.seen;
    this.#isBehind = lines.length > 0;
  }

  #begin(): Writing {
    const { folder, startedMs } = this.#run;
    return {
      reader: folder.lines(),
      points: new JournalPoints(startedMs),
      files: new EventFolder(this.#options.folder, startedMs),
      seen: -1,
    };
  }

  /** @returns whether it came off; what did not is begun again from the first line */
  #attempt(write: () => void): boolean {
    try {
      write();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.#failure === undefined) this.#options.notice(`tensorboard: ${reason}`);
      this.#failure = reason;
      this.#pauseMs = Math.min(2 * this.#pauseMs + 1, MOST_PAUSE_MS);
      this.#writing = undefined;
      this.#isBehind = true;
      return false;
    }
    if (this.#failure !== undefined) this.#options.notice('tensorboard: it can be written again.');
    this.#failure = undefined;
    this.#pauseMs = this.#options.flushMs;
    return true;
  }
}
