import type { JournalLine } from './journal.ts';
import type { State } from './state.ts';

/** What a tracker is told of a run before its first line. */
export interface TrackedRun {
  readonly experiment: string;
  readonly profile: string;
  readonly seed: number;
  /** Identity of the search; the same after a resume. */
  readonly id: string;
  /** When the run began, milliseconds since 1970; the same after a resume. */
  readonly startedMs: number;
  /** False when it has ended and only what it left behind is sent. */
  readonly isLive: boolean;
  /** Flat parameters of the resolved manifest. */
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** What the run reads, and its hash: a data set, or the table that answers in its place. */
  readonly data?: { readonly name: string; readonly hash: string };
  readonly folder: TrackedFolder;
}

/**
 * A run's folder as a tracker may use it: everything can be read again at any time, so that
 * nothing has to be kept in memory, and a little can be remembered.
 */
export interface TrackedFolder {
  /** Reads the journal from its beginning. */
  lines(): LineReader;
  /** The content of a file that `artifact` named; `undefined` when it is gone. */
  file(name: string): Uint8Array | undefined;
  /**
   * The tracker's own memory of this run, for one process at a time.
   * @throws ArcherError `ARCHER_LOCKED` while another process has it
   */
  takeShelf(): TrackerShelf;
}

/** Reads the committed lines that count, in order, in pieces of bounded size. */
export interface LineReader {
  /**
   * The next piece, without lines up to number `after`; empty when there is nothing more yet.
   */
  next(after?: number): readonly JournalLine[];
}

/** One small value that survives the process. Disposing gives it to other processes. */
export interface TrackerShelf extends Disposable {
  /** What `write` was last given; `undefined` at first, or when it cannot be read. */
  read(): State | undefined;
  /** Returns when the value is on disk. */
  write(value: State): void;
}

/**
 * Shows runs elsewhere. It reads committed journal lines and may never fail or slow a run:
 * `log` only queues. What it could not send stays in the run folder, and a session that is
 * opened later (at a resume, by `archer sync`) goes on from there.
 */
export interface Tracker {
  open(run: TrackedRun): TrackedSession;
  /**
   * What a session would send that is given these files and closed with this end, one line
   * each. Asks nobody: it is what the tracker remembers.
   * @throws ArcherError `ARCHER_LOCKED`
   */
  waiting?(run: TrackedRun, files: readonly string[], end: RunEnd): readonly string[];
}

/** One run's sending, from `open` to `close`. */
export interface TrackedSession {
  /** Takes the lines that were just committed; at a resume first those that still count. */
  log(lines: readonly JournalLine[]): void;
  /** A file of the run folder is ready. */
  artifact(name: string): void;
  /** False while pictures would reach nobody: none are drawn then. Absent: true. */
  readonly shows?: boolean;
  /** What is known of a run only when it has finished; before `close`. */
  conclude?(conclusion: Conclusion): void;
  /** Sends what is left within `timeoutMs`, and says what it could not send. */
  close(status: RunEnd, timeoutMs: number): Promise<Leftovers>;
}

/** Tags that a run has in the end. */
export interface Conclusion {
  /** Of the run itself. */
  readonly run: Readonly<Record<string, string>>;
  /** Of its experiment, over the seeds that are finished. */
  readonly experiment: Readonly<Record<string, string>>;
}

/** How a run ended. */
export type RunEnd = 'finished' | 'failed' | 'interrupted';

/** What a tracker has not sent, one line each. */
export interface Leftovers {
  /** What a later session sends. */
  readonly unsent: readonly string[];
  /** What will never be sent, with the reason. */
  readonly refused: readonly string[];
  /** Why something is unsent. */
  readonly reason?: string;
}
