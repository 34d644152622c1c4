import {
  type Conclusion,
  isArcherError,
  type JournalLine,
  type Leftovers,
  type RunEnd,
  type TrackedRun,
  type TrackedSession,
} from '@archer-nas/core';
import { ArtifactQueue } from './artifact-queue.ts';
import type { MlflowClient } from './client.ts';
import { BACKOFF, type Clock, delayMs } from './clock.ts';
import { PendingConclusion, sendInput } from './conclusion.ts';
import { END_STATUS, endStatus } from './end-status.ts';
import { MlflowError } from './errors.ts';
import { headerFor } from './header.ts';
import { LIMITS } from './limits.ts';
import { type EndStatus, Memory } from './memory.ts';
import { JournalOutbox } from './outbox.ts';
import { Patience } from './patience.ts';
import { isGone, Place, type Target } from './place.ts';
import { PointSender } from './point-sender.ts';

/** What a session works with. */
export interface SessionOptions {
  /**
   * Makes a client that does not retry by itself (the session does, without losing its place)
   * and tells of every answer.
   */
  readonly connect: (onAnswer: () => void) => MlflowClient;
  readonly clock: Clock;
  /** The server's address, without credentials. */
  readonly server: string;
  /** A client for another server, without this one's credentials. */
  readonly elsewhere?: (server: string) => MlflowClient;
  /** Strings that are never sent. */
  readonly secrets: readonly string[];
  /** The experiment's name on the server; the run's own where absent. */
  readonly experiment?: string;
  /** How long lines are gathered before they are sent. */
  readonly flushMs?: number;
  /** What to do with NaN and infinities: keep them out and set a tag, or send them. */
  readonly nonFinite?: 'tag' | 'send';
  /** Told once when the server cannot be reached, and once when it is back. */
  readonly notice?: (line: string) => void;
}

/** While the process waits for us, there is no time for long pauses. */
const CLOSING_PAUSE_MS = 500;
/** Artifacts that are named one by one when they are left. */
const NAMED = 5;
/** How often the place in the journal is written down: what lies behind is asked for again. */
const SAVE_MS = 5000;

/**
 * One run's sending. `log` and `artifact` only queue; a worker sends in the background and
 * goes to sleep when nothing is left. Whatever fails is tried again later, from where it
 * stopped, and never reaches the caller. Call `close` once at the end; what is not sent by
 * then is in the run folder for the next session.
 */
export class MlflowSession implements TrackedSession {
  readonly #options: SessionOptions;
  readonly #run: TrackedRun;
  readonly #client: MlflowClient;
  readonly #memory: Memory;
  readonly #place: Place;
  readonly #outbox: JournalOutbox;
  readonly #artifacts: ArtifactQueue;
  readonly #closing = new AbortController();
  readonly #patience: Patience;
  readonly #conclusion = new PendingConclusion();
  readonly #refused: string[] = [];
  #points: PointSender | undefined;
  #headerSent = false;
  #end: RunEnd | undefined;
  #endSent = false;
  #savedMs = 0;
  #failure: Error | undefined;
  #worker: Promise<void> | undefined;
  #closed: Promise<Leftovers> | undefined;

  constructor(run: TrackedRun, options: SessionOptions) {
    this.#run = run;
    this.#options = options;
    this.#memory = new Memory(run.folder, options.server);
    this.#patience = new Patience(run.isLive);
    this.#client = options.connect(() => this.#patience.answered());
    this.#place = new Place(run, { ...options, client: this.#client, memory: this.#memory });
    this.#outbox = new JournalOutbox({
      lines: () => run.folder.lines(),
      startedMs: run.startedMs,
    });
    this.#artifacts = new ArtifactQueue(run.folder);
    this.#wake();
  }

  log(lines: readonly JournalLine[]): void {
    if (this.#closed) return;
    this.#outbox.push(lines);
    this.#wake();
  }

  artifact(name: string): void {
    if (this.#closed) return;
    this.#artifacts.put(name);
    this.#wake();
  }

  conclude(conclusion: Conclusion): void {
    if (this.#closed) return;
    this.#conclusion.put(conclusion);
    this.#wake();
  }

  get shows(): boolean {
    return this.#failure === undefined && !this.#patience.isSilent;
  }

  close(status: RunEnd, timeoutMs: number): Promise<Leftovers> {
    this.#closed ??= this.#finish(status, timeoutMs);
    return this.#closed;
  }

  async #finish(status: RunEnd, timeoutMs: number): Promise<Leftovers> {
    this.#end = status;
    this.#patience.begin(timeoutMs, this.#failure !== undefined);
    this.#closing.abort();
    try {
      await this.#worker;
      this.#wake();
      await this.#worker;
      this.#remember();
    } finally {
      this.#patience.end();
      this.#memory[Symbol.dispose]();
    }
    return this.#leftovers();
  }

  #wake(): void {
    if (this.#worker || !this.#isUnsent || this.#patience.isOver) return;
    this.#worker = this.#work()
      .catch((error: unknown) => {
        this.#failure = error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        this.#worker = undefined;
      });
  }

  get #isUnsent(): boolean {
    if (!this.#headerSent || this.#outbox.mayHaveMore || this.#artifacts.size > 0) return true;
    if (this.#conclusion.isPending) return true;
    return this.#end !== undefined && !this.#endSent;
  }

  async #work(): Promise<void> {
    const { clock, flushMs = 1000 } = this.#options;
    // The first await also keeps the caller of `log` from doing our work.
    await clock.sleep(flushMs, this.#closing.signal);
    for (let failures = 0; this.#isUnsent && !this.#patience.isOver; ) {
      try {
        await this.#deliver();
        this.#recovered();
        failures = 0;
      } catch (error) {
        const isPassing = this.#failed(error);
        if (this.#closing.signal.aborted && !this.#patience.lasts(isPassing)) return;
        await this.#pause(isPassing ? failures++ : Number.MAX_SAFE_INTEGER, error);
      }
    }
  }

  /** A failure that will not pass by itself waits longest: a person may repair the server. */
  async #pause(failures: number, error: unknown): Promise<void> {
    const { clock } = this.#options;
    const retryAfterMs = error instanceof MlflowError ? error.retryAfterMs : undefined;
    const wait = delayMs(Math.min(failures, 30), clock, BACKOFF, retryAfterMs);
    if (!this.#closing.signal.aborted) return clock.sleep(wait, this.#closing.signal);
    await clock.sleep(Math.min(wait, CLOSING_PAUSE_MS), this.#patience.signal);
  }

  /** Sends everything there is, in an order in which each part makes sense without the next. */
  async #deliver(): Promise<void> {
    const { signal } = this.#patience;
    this.#patience.asks();
    try {
      this.#takeMemory();
      const target = await this.#place.find(signal);
      this.#patience.delivered();
      const points = this.#pointsTo(target);
      if (!this.#headerSent) await this.#sendHeader(target);
      await this.#sendPoints(points);
      await this.#sendArtifacts(target);
      await this.#conclusion.send(this.#client, target, signal);
      if (this.#end !== undefined && !this.#endSent) await this.#sendEnd(target, this.#end);
    } finally {
      this.#patience.rests();
    }
  }

  #takeMemory(): void {
    if (this.#memory.isTaken) return;
    this.#memory.take();
    if (this.#run.isLive) this.#memory.setEnded(null);
  }

  async #sendHeader(target: Target): Promise<void> {
    const { run } = target;
    const { data } = this.#run;
    if (data) await sendInput(this.#client, target, data, this.#patience.signal);
    const header = headerFor(this.#run, run, this.#options.secrets);
    await this.#client.logBatch(run.info.run_id, header.batch, this.#patience.signal);
    for (const [name, text] of Object.entries(header.artifacts)) this.#artifacts.put(name, text);
    this.#headerSent = true;
    this.#patience.delivered();
  }

  /** A target that was not there, or not known, before begins at its own place in the journal. */
  #pointsTo(target: Target): PointSender {
    if (this.#points === undefined) {
      this.#outbox.startAfter(this.#memory.place?.seq ?? -1);
      this.#points = new PointSender(this.#client, target, {
        nonFinite: this.#options.nonFinite ?? 'tag',
        refused: (line) => this.#refused.push(line),
      });
    }
    return this.#points;
  }

  async #sendPoints(points: PointSender): Promise<void> {
    const { signal } = this.#patience;
    for (;;) {
      const entries = await this.#outbox.peek(LIMITS.metrics, signal);
      const last = entries.at(-1);
      if (last === undefined) return;
      await points.send(entries, signal);
      this.#outbox.ack(last.seq);
      this.#patience.delivered();
      if (this.#options.clock.now() - this.#savedMs > SAVE_MS) this.#remember();
    }
  }

  async #sendArtifacts({ run }: Target): Promise<void> {
    if (this.#artifacts.size === 0) return;
    const files = { ...this.#memory.place?.files };
    try {
      const onSent = (): void => this.#patience.delivered();
      const { signal } = this.#patience;
      await this.#artifacts.send(this.#client, run, { sent: files, onSent, signal });
    } finally {
      this.#remember({ files });
    }
  }

  async #sendEnd({ run, parentId }: Target, end: RunEnd): Promise<void> {
    const status = endStatus(this.#run, this.#memory, end);
    if (this.#memory.place?.end !== status) {
      const update = { status, endTime: this.#outbox.timeMs };
      await this.#client.updateRun(run.info.run_id, update, this.#patience.signal);
      await this.#place.settleParent(parentId, this.#patience.signal);
      this.#remember({ end: status });
    }
    this.#endSent = true;
  }

  /** Writes down how far it is. That a disk is full costs only questions to the server later. */
  #remember(
    more: { readonly files?: Record<string, string>; readonly end?: EndStatus } = {},
  ): void {
    this.#savedMs = this.#options.clock.now();
    const { place } = this.#memory;
    try {
      if (this.#run.isLive && this.#end !== undefined) this.#memory.setEnded(END_STATUS[this.#end]);
      if (place === undefined || this.#points === undefined) return;
      this.#memory.setPlace({ ...place, ...more, seq: Math.max(place.seq, this.#outbox.acked) });
    } catch (error) {
      this.#options.notice?.(`mlflow: ${String(error)}; how far it is was not written down.`);
    }
  }

  /** @returns true when it may pass by itself soon */
  #failed(error: unknown): boolean {
    const fault = error instanceof MlflowError ? error : undefined;
    if (isGone(error)) this.#startOver();
    const then = this.#run.isLive ? '; the run goes on.' : '';
    if (!this.#failure) this.#options.notice?.(`mlflow: ${messageOf(error)}${then}`);
    // The reason of the failure before the deadline says more than "given up".
    if (fault?.reason !== 'ABORTED' || !this.#failure)
      this.#failure = error instanceof Error ? error : new Error(String(error));
    return isGone(error) || (fault?.passing ?? isLocked(error));
  }

  #recovered(): void {
    if (this.#failure) this.#options.notice?.('mlflow: the server answers again.');
    this.#failure = undefined;
  }

  /** The run is gone: its successor gets everything, from the first line on. */
  #startOver(): void {
    this.#place.forget();
    this.#points = undefined;
    this.#headerSent = false;
    this.#conclusion.again();
  }

  #leftovers(): Leftovers {
    const unsent = [
      ...(this.#headerSent ? [] : ['parameters and tags']),
      ...(this.#outbox.mayHaveMore ? [`metric points from journal line ${this.#next} on`] : []),
      ...listed(this.#artifacts.names),
      ...(this.#conclusion.isPending ? ['the tags at the end'] : []),
      ...(this.#endSent ? [] : ['the status at the end']),
    ];
    const refused = [...this.#refused, ...this.#artifacts.refused];
    const reason = unsent.length > 0 && this.#failure ? { reason: messageOf(this.#failure) } : {};
    return { unsent, refused, ...reason };
  }

  get #next(): number {
    return Math.max(this.#outbox.acked, this.#memory.place?.seq ?? -1) + 1;
  }
}

/** Artifacts by name, where they are few. */
function listed(names: readonly string[]): string[] {
  const shown = names.slice(0, NAMED).map((name) => `artifact ${name}`);
  return names.length > NAMED ? [...shown, `${names.length - NAMED} more artifacts`] : shown;
}

function isLocked(error: unknown): boolean {
  return isArcherError(error) && error.code === 'ARCHER_LOCKED';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
