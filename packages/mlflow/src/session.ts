import {
  type Conclusion,
  isArcherError,
  type JournalLine,
  type Leftovers,
  type RunEnd,
  type TrackedRun,
  type TrackedSession,
} from '@archer-nas/core';
import type { MlflowClient } from './client.ts';
import { BACKOFF, delayMs } from './clock.ts';
import { Delivery, type DeliveryOptions } from './delivery.ts';
import { MlflowError } from './errors.ts';
import { Patience } from './patience.ts';
import { isGone } from './place.ts';

/** What a session works with. `notice` hears once that the server is away, and once that it is back. */
export interface SessionOptions extends DeliveryOptions {
  /**
   * Makes a client that does not retry by itself (the session does, without losing its place)
   * and tells of every answer.
   */
  readonly connect: (onAnswer: () => void) => MlflowClient;
  /** How long lines are gathered before they are sent. */
  readonly flushMs?: number;
}

/** While the process waits for us, there is no time for long pauses. */
const CLOSING_PAUSE_MS = 500;

/**
 * One run's sending. `log` and `artifact` only queue; a worker sends in the background and
 * goes to sleep when nothing is left. Whatever fails is tried again later, from where it
 * stopped, and never reaches the caller. Call `close` once at the end; what is not sent by
 * then is in the run folder for the next session.
 */
export class MlflowSession implements TrackedSession {
  readonly #options: SessionOptions;
  readonly #isLive: boolean;
  readonly #delivery: Delivery;
  readonly #closing = new AbortController();
  readonly #patience: Patience;
  #failure: Error | undefined;
  #worker: Promise<void> | undefined;
  #closed: Promise<Leftovers> | undefined;

  constructor(run: TrackedRun, options: SessionOptions) {
    this.#options = options;
    this.#isLive = run.isLive;
    const patience = new Patience(run.isLive);
    this.#patience = patience;
    const client = options.connect(() => patience.answered());
    this.#delivery = new Delivery(run, { ...options, client, patience });
    this.#wake();
  }

  log(lines: readonly JournalLine[]): void {
    if (this.#closed) return;
    this.#delivery.log(lines);
    this.#wake();
  }

  artifact(name: string): void {
    if (this.#closed) return;
    this.#delivery.artifact(name);
    this.#wake();
  }

  conclude(conclusion: Conclusion): void {
    if (this.#closed) return;
    this.#delivery.conclude(conclusion);
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
    this.#delivery.end(status);
    this.#patience.begin(timeoutMs, this.#failure !== undefined);
    this.#closing.abort();
    try {
      await this.#worker;
      this.#wake();
      await this.#worker;
      this.#delivery.remember();
    } finally {
      this.#patience.end();
      this.#delivery[Symbol.dispose]();
    }
    const { leftovers } = this.#delivery;
    if (leftovers.unsent.length === 0 || !this.#failure) return leftovers;
    return { ...leftovers, reason: messageOf(this.#failure) };
  }

  #wake(): void {
    if (this.#worker || !this.#delivery.isUnsent || this.#patience.isOver) return;
    this.#worker = this.#work()
      .catch((error: unknown) => {
        this.#failure = error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        this.#worker = undefined;
      });
  }

  async #work(): Promise<void> {
    const { clock, flushMs = 1000 } = this.#options;
    // The first await also keeps the caller of `log` from doing our work.
    await clock.sleep(flushMs, this.#closing.signal);
    for (let failures = 0; this.#delivery.isUnsent && !this.#patience.isOver; ) {
      try {
        await this.#delivery.send();
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

  /** @returns true when it may pass by itself soon */
  #failed(error: unknown): boolean {
    const fault = error instanceof MlflowError ? error : undefined;
    if (isGone(error)) this.#delivery.startOver();
    const then = this.#isLive ? '; the run goes on.' : '';
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
}

function isLocked(error: unknown): boolean {
  return isArcherError(error) && error.code === 'ARCHER_LOCKED';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
