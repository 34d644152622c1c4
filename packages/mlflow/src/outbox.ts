import { isTurn, type JournalLine, type LineReader } from '@archer-nas/core';
import { type Entry, Translator } from './translate.ts';

/** So many points are at hand at most; what is behind them stays in the journal. */
const MAX_POINTS = 5000;

/** What an outbox reads from. */
export interface OutboxSource {
  /** Opens the journal at its beginning. */
  lines(): LineReader;
  /** When the run began, milliseconds since 1970. */
  readonly startedMs: number;
}

/**
 * The points that wait for the server. The journal is where they wait: this only holds its
 * place in it and a bounded number of points from there on. While the server keeps up, the
 * lines that a run just wrote come in by `push` and are never read again; when it does not,
 * they are read from the journal later, a piece at a time.
 */
export class JournalOutbox {
  readonly #source: OutboxSource;
  readonly #maxPoints: number;
  #reader: LineReader | undefined;
  #translator: Translator;
  #entries: Entry[] = [];
  #points = 0;
  /** The last line that was looked at. */
  #seen = -1;
  #acked: number;
  /** The journal may have more than was looked at. */
  #isBehind = true;

  /** @param acked everything up to this line is at the server */
  constructor(source: OutboxSource, acked = -1, maxPoints = MAX_POINTS) {
    this.#source = source;
    this.#acked = acked;
    this.#maxPoints = maxPoints;
    this.#translator = new Translator(source.startedMs);
  }

  /** The last line whose points are all at the server. */
  get acked(): number {
    return this.#acked;
  }

  /** The time of the last line that was looked at, milliseconds since 1970. */
  get timeMs(): number {
    return this.#translator.timeMs;
  }

  /** False when everything is at the server; true when it may not be. */
  get mayHaveMore(): boolean {
    return this.#isBehind || this.#entries.length > 0;
  }

  /** Number of points in memory. */
  get points(): number {
    return this.#points;
  }

  /** Takes lines that are in the journal since now. */
  push(lines: readonly JournalLine[]): void {
    // What was read before may no longer count.
    if (lines.some((line) => isTurn(line) && line.seq > this.#seen)) this.#startAgain();
    for (const line of lines) {
      if (this.#points >= this.#maxPoints) this.#isBehind = true;
      if (this.#isBehind) return;
      this.#take(line);
    }
  }

  /**
   * The oldest entries that together have at most `points` points, but at least one entry.
   * A long journal is read in turns with other work, until `signal` aborts.
   */
  async peek(points: number, signal?: AbortSignal): Promise<readonly Entry[]> {
    while (this.#entries.length === 0 && this.#isBehind && !signal?.aborted) {
      this.#read();
      await new Promise((resolve) => setImmediate(resolve));
    }
    let sum = 0;
    const end = this.#entries.findIndex((entry, i) => {
      sum += entry.points.length;
      return i > 0 && sum > points;
    });
    return this.#entries.slice(0, end < 0 ? undefined : end);
  }

  /** Forgets everything up to and with this line. */
  ack(seq: number): void {
    this.#acked = Math.max(this.#acked, seq);
    const left = this.#entries.findIndex((entry) => entry.seq > seq);
    this.#entries = left < 0 ? [] : this.#entries.slice(left);
    this.#points = this.#entries.reduce((sum, entry) => sum + entry.points.length, 0);
  }

  /** Everything up to line `acked` is at the server, and nothing behind it is sure to be. */
  startAfter(acked: number): void {
    const isThere = acked === this.#acked;
    this.#acked = acked;
    if (!isThere) this.#startAgain();
  }

  #startAgain(): void {
    this.#reader = undefined;
    this.#translator = new Translator(this.#source.startedMs);
    this.#entries = [];
    this.#points = 0;
    this.#seen = -1;
    this.#isBehind = true;
  }

  #read(): void {
    this.#reader ??= this.#source.lines();
    const lines = this.#reader.next(this.#seen);
    if (lines.length === 0) this.#isBehind = false;
    for (const line of lines) this.#take(line);
  }

  #take(line: JournalLine): void {
    if (line.seq <= this.#seen) return;
    this.#seen = line.seq;
    const entry = this.#translator.next(line);
    if (entry === undefined || entry.seq <= this.#acked) return;
    this.#entries.push(entry);
    this.#points += entry.points.length;
  }
}
