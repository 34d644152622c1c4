import type { JournalLine } from './journal.ts';

/** What a tracker is told of a run before its first line. */
export interface TrackedRun {
  readonly experiment: string;
  readonly profile: string;
  readonly seed: number;
  /** Identity of the search; the same after a resume. */
  readonly id: string;
  /** Flat parameters of the resolved manifest. */
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Shows runs elsewhere. It reads committed journal lines and may never fail or slow a run:
 * `log` only queues. What it could not send is reported by `close`.
 */
export interface Tracker {
  open(run: TrackedRun): TrackedSession;
}

export interface TrackedSession {
  log(lines: readonly JournalLine[]): void;
  artifact(name: string, content: Uint8Array | string): void;
  /** Sends what is left within `timeoutMs`, and says what it could not send. */
  close(status: 'finished' | 'failed' | 'interrupted', timeoutMs: number): Promise<string[]>;
}
