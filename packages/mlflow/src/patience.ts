/** Failures in a row, at the end, after which the rest is left to the next session. */
const MAX_SILENT = 4;
/** Failures without anything new at the server, though it answers now and then. */
const MAX_FRUITLESS = 30;
/** A server that was silent for so long is taken to be down. */
const SILENT_MS = 2000;
/**
 * What a server that failed gets at the end of a run: one try, and what is under way. It may
 * take this share of the time that the run had so far, within these limits: a server that is
 * down costs a run a hundredth at most, but for runs of seconds.
 */
const LAST_TRY_SHARE = 0.01;
const LEAST_LAST_TRY_MS = 100;
const MOST_LAST_TRY_MS = 500;
/** What one gets that has been silent: it had its time. */
const LAST_WORD_MS = 100;
/** Of a run that ends: how long a server that has not answered yet may take. */
const FIRST_ANSWER_MS = 5000;

/**
 * How long the end of a run waits for the server. Nothing is lost by giving up, so a run
 * never waits long for a server that does not answer; one that does gets all the time that
 * `close` has. A sending that no run waits for is as patient as its requests.
 */
export class Patience {
  readonly #isLive: boolean;
  readonly #sinceMs = performance.now();
  readonly #over = new AbortController();
  #timers: NodeJS.Timeout[] = [];
  #askingSince: number | undefined;
  #hasAnswered = false;
  /** Failures that are still borne. */
  #tries = Number.POSITIVE_INFINITY;
  #silent = 0;
  #fruitless = 0;

  constructor(isLive: boolean) {
    this.#isLive = isLive;
  }

  /** Aborts requests when the time is over. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Whether a request has waited for its answer for longer than a server that works takes. */
  get isSilent(): boolean {
    return this.#askingSince !== undefined && performance.now() - this.#askingSince > SILENT_MS;
  }

  /** A request may be under way from now on. */
  asks(): void {
    this.#askingSince = performance.now();
  }

  /** The server works. */
  answered(): void {
    this.#hasAnswered = true;
    this.#tries = Number.POSITIVE_INFINITY;
    this.#silent = 0;
    this.asks();
  }

  /** Something new is there. */
  delivered(): void {
    this.#fruitless = 0;
  }

  rests(): void {
    this.#askingSince = undefined;
  }

  /** The run has ended. @param isFailing the last request failed */
  begin(timeoutMs: number, isFailing: boolean): void {
    // Not AbortSignal.timeout: that timer would let the process end while we wait.
    this.#after(timeoutMs);
    if (!this.#isLive) return;
    if (isFailing || this.isSilent) {
      const tries = this.#askingSince === undefined ? 1 : 2;
      this.#tries = tries;
      this.#after(isFailing ? this.#lastTryMs() : LAST_WORD_MS, () => this.#tries > tries);
    } else if (!this.#hasAnswered) this.#after(FIRST_ANSWER_MS, () => this.#hasAnswered);
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** After a failure: false when the end of a run should not wait for another try. */
  lasts(isPassing: boolean): boolean {
    this.#silent++;
    this.#fruitless++;
    this.#tries--;
    const isHopeless = this.#silent >= MAX_SILENT || this.#fruitless >= MAX_FRUITLESS;
    if (isHopeless || this.#tries <= 0 || !isPassing) this.#over.abort();
    return !this.isOver;
  }

  #lastTryMs(): number {
    const shareMs = LAST_TRY_SHARE * (performance.now() - this.#sinceMs);
    return Math.min(MOST_LAST_TRY_MS, Math.max(LEAST_LAST_TRY_MS, shareMs));
  }

  #after(ms: number, isHappy: () => boolean = () => false): void {
    const over = () => {
      if (!isHappy()) this.#over.abort();
    };
    this.#timers.push(setTimeout(over, ms));
  }
}
