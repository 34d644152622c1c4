import type { JournalLine, TrackedRun, TrackedSession } from '@archer-nas/core';
import { ArtifactShelf } from './artifact-shelf.ts';
import type { MlflowClient } from './client.ts';
import { BACKOFF, type Clock, delayMs } from './clock.ts';
import { MlflowError } from './errors.ts';
import { headerFor } from './header.ts';
import { LIMITS } from './limits.ts';
import { memoryOutbox, type Outbox, type Waiting } from './outbox.ts';
import { isGone, Place, type Target } from './place.ts';
import { PointSender } from './point-sender.ts';
import type { RunStatus } from './wire.ts';

/** What a session works with. */
export interface SessionOptions {
  /** A client that does not retry by itself: the session does, without losing its place. */
  readonly client: MlflowClient;
  readonly clock: Clock;
  /** Strings that are never sent. */
  readonly secrets: readonly string[];
  /** The experiment's name on the server; the run's own where absent. */
  readonly experiment?: string;
  /** How long lines are gathered before they are sent. */
  readonly flushMs?: number;
  /** What to do with NaN and infinities: keep them out and set a tag, or send them. */
  readonly nonFinite?: 'tag' | 'send';
  readonly outbox?: Outbox;
  /** Told once when the server cannot be reached, and once when it is back. */
  readonly notice?: (line: string) => void;
}

type EndStatus = 'finished' | 'failed' | 'interrupted';

const STATUS: Readonly<Record<EndStatus, RunStatus>> = {
  finished: 'FINISHED',
  failed: 'FAILED',
  interrupted: 'KILLED',
};
/** While the process waits for us, there is no time for long pauses. */
const CLOSING_PAUSE_MS = 500;

/**
 * One run's sending. `log` and `artifact` only queue; a worker sends in the background and
 * goes to sleep when nothing is left. Whatever fails is tried again later, from where it
 * stopped, and never reaches the caller. Call `close` once at the end.
 */
export class MlflowSession implements TrackedSession {
  readonly #options: SessionOptions;
  readonly #run: TrackedRun;
  readonly #place: Place;
  readonly #outbox: Outbox;
  readonly #artifacts = new ArtifactShelf();
  readonly #closing = new AbortController();
  readonly #deadline = new AbortController();
  readonly #refused: string[] = [];
  #points: PointSender | undefined;
  #headerSent = false;
  #end: RunStatus | undefined;
  #endSent = false;
  #failure: Error | undefined;
  #worker: Promise<void> | undefined;
  #closed: Promise<string[]> | undefined;

  constructor(run: TrackedRun, options: SessionOptions) {
    this.#run = run;
    this.#options = options;
    this.#outbox = options.outbox ?? memoryOutbox();
    this.#place = new Place(options.client, options.clock, run, options.experiment);
    this.#wake();
  }

  log(lines: readonly JournalLine[]): void {
    if (this.#closed) return;
    this.#outbox.push(lines, this.#options.clock.now());
    this.#wake();
  }

  artifact(name: string, content: Uint8Array | string): void {
    if (this.#closed) return;
    this.#artifacts.put(name, content);
    this.#wake();
  }

  close(status: EndStatus, timeoutMs: number): Promise<string[]> {
    this.#closed ??= this.#finish(STATUS[status], timeoutMs);
    return this.#closed;
  }

  async #finish(status: RunStatus, timeoutMs: number): Promise<string[]> {
    this.#end = status;
    this.#closing.abort();
    // Not AbortSignal.timeout: that timer would let the process end while we wait.
    const timer = setTimeout(() => this.#deadline.abort(), timeoutMs);
    await this.#worker;
    this.#wake();
    await this.#worker;
    clearTimeout(timer);
    return this.#leftovers();
  }

  #wake(): void {
    if (this.#worker || !this.#isUnsent || this.#deadline.signal.aborted) return;
    this.#worker = this.#work()
      .catch((error: unknown) => {
        this.#failure = error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        this.#worker = undefined;
      });
  }

  get #isUnsent(): boolean {
    if (!this.#headerSent || this.#outbox.pending.points > 0 || this.#artifacts.size > 0)
      return true;
    return this.#end !== undefined && !this.#endSent;
  }

  async #work(): Promise<void> {
    const { clock, flushMs = 1000 } = this.#options;
    // The first await also keeps the caller of `log` from doing our work.
    await clock.sleep(flushMs, this.#closing.signal);
    for (let failures = 0; this.#isUnsent; ) {
      try {
        await this.#deliver();
        this.#recovered();
        failures = 0;
      } catch (error) {
        const fault = this.#failed(error);
        const isHopeless = this.#closing.signal.aborted && !fault?.passing;
        if (this.#deadline.signal.aborted || isHopeless) return;
        await this.#pause(fault?.passing ? failures++ : Number.MAX_SAFE_INTEGER, fault);
      }
    }
  }

  /** A failure that will not pass by itself waits longest: a person may repair the server. */
  async #pause(failures: number, fault: MlflowError | undefined): Promise<void> {
    const { clock } = this.#options;
    const wait = delayMs(Math.min(failures, 30), clock, BACKOFF, fault?.retryAfterMs);
    if (!this.#closing.signal.aborted) return clock.sleep(wait, this.#closing.signal);
    await clock.sleep(Math.min(wait, CLOSING_PAUSE_MS), this.#deadline.signal);
  }

  /** Sends everything there is, in an order in which each part makes sense without the next. */
  async #deliver(): Promise<void> {
    const signal = this.#deadline.signal;
    const target = await this.#place.find(signal);
    if (!this.#headerSent) await this.#sendHeader(target);
    await this.#sendPoints(target);
    await this.#artifacts.send(this.#options.client, target.run, signal);
    if (this.#end !== undefined && !this.#endSent) await this.#sendEnd(target, this.#end);
  }

  async #sendHeader({ run }: Target): Promise<void> {
    const header = headerFor(this.#run, run, this.#options.secrets);
    await this.#options.client.logBatch(run.info.run_id, header.batch, this.#deadline.signal);
    for (const [name, text] of Object.entries(header.artifacts)) this.#artifacts.put(name, text);
    this.#headerSent = true;
  }

  async #sendPoints(target: Target): Promise<void> {
    this.#points ??= new PointSender(this.#options.client, target, {
      nonFinite: this.#options.nonFinite ?? 'tag',
      refused: (line) => this.#refused.push(line),
    });
    for (;;) {
      const entries = this.#outbox.peek(LIMITS.metrics);
      const last = entries.at(-1);
      if (last === undefined) return;
      await this.#points.send(entries, this.#deadline.signal);
      this.#outbox.ack(last.seq);
    }
  }

  async #sendEnd({ run, parentId }: Target, status: RunStatus): Promise<void> {
    const { client, clock } = this.#options;
    const update = { status, endTime: clock.now() };
    await client.updateRun(run.info.run_id, update, this.#deadline.signal);
    await this.#place.settleParent(parentId, this.#deadline.signal);
    this.#endSent = true;
  }

  #failed(error: unknown): MlflowError | undefined {
    const fault = error instanceof MlflowError ? error : undefined;
    if (isGone(error)) this.#startOver();
    if (!this.#failure) this.#options.notice?.(`mlflow: ${String(error)}; the run goes on.`);
    // The reason of the failure before the deadline says more than "given up".
    if (fault?.reason !== 'ABORTED' || !this.#failure)
      this.#failure = error instanceof Error ? error : new Error(String(error));
    return fault;
  }

  #recovered(): void {
    if (this.#failure) this.#options.notice?.('mlflow: the server answers again.');
    this.#failure = undefined;
  }

  #startOver(): void {
    if (this.#points?.sentSeq !== undefined)
      this.#refused.push(
        `run ${this.#place.target?.run.info.run_id} was deleted on the server; the points up to ` +
          `journal line ${this.#points.sentSeq} were in it and are not in its successor`,
      );
    this.#place.forget();
    this.#points = undefined;
    this.#headerSent = false;
  }

  #leftovers(): string[] {
    const { pending, dropped } = this.#outbox;
    const unsent = [
      ...(this.#headerSent ? [] : ['parameters and tags']),
      ...(pending.points > 0 ? [describe(pending)] : []),
      ...this.#artifacts.names.map((name) => `artifact ${name}`),
      ...(this.#endSent ? [] : ['the status at the end']),
    ].map((what) => (this.#failure ? `${what} (${this.#failure.message})` : what));
    const lost = dropped.points > 0 ? [`${describe(dropped)}: too many were waiting`] : [];
    return [...unsent, ...lost, ...this.#refused, ...this.#artifacts.refused];
  }
}

function describe({ points, firstSeq, lastSeq }: Waiting): string {
  return `${points} metric points of the journal lines ${firstSeq} to ${lastSeq}`;
}
