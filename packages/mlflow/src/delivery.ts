import type { Conclusion, JournalLine, Leftovers, RunEnd, TrackedRun } from '@archer-nas/core';
import { ArtifactQueue } from './artifact-queue.ts';
import type { MlflowClient } from './client.ts';
import type { Clock } from './clock.ts';
import { PendingConclusion, sendInput } from './conclusion.ts';
import { END_STATUS, endStatus } from './end-status.ts';
import { headerFor } from './header.ts';
import { LIMITS } from './limits.ts';
import { type EndStatus, Memory } from './memory.ts';
import { JournalOutbox } from './outbox.ts';
import type { Patience } from './patience.ts';
import { Place, type Target } from './place.ts';
import { PointSender } from './point-sender.ts';

/** What is sent of a run, where to, and how. */
export interface DeliveryOptions {
  readonly clock: Clock;
  /** The server's address, without credentials. */
  readonly server: string;
  /** A client for another server, without this one's credentials. */
  readonly elsewhere?: (server: string) => MlflowClient;
  /** Strings that are never sent. */
  readonly secrets: readonly string[];
  /** The experiment's name on the server; the run's own where absent. */
  readonly experiment?: string;
  /** What to do with NaN and infinities: keep them out and set a tag, or send them. */
  readonly nonFinite?: 'tag' | 'send';
  /** Told when something is amiss. */
  readonly notice?: (line: string) => void;
}

/** Artifacts that are named one by one when they are left. */
const NAMED = 5;
/** How often the place in the journal is written down: what lies behind is asked for again. */
const SAVE_MS = 5000;

/**
 * What one run has for the server, and how far the sending is. Everything is queued; `send` goes
 * on where it stopped and throws at the first failure, to be called again.
 */
export class Delivery implements Disposable {
  readonly #options: DeliveryOptions;
  readonly #run: TrackedRun;
  readonly #client: MlflowClient;
  readonly #patience: Patience;
  readonly #memory: Memory;
  readonly #place: Place;
  readonly #outbox: JournalOutbox;
  readonly #artifacts: ArtifactQueue;
  readonly #conclusion = new PendingConclusion();
  readonly #refused: string[] = [];
  #points: PointSender | undefined;
  #headerSent = false;
  #end: RunEnd | undefined;
  #endSent = false;
  #savedMs = 0;

  constructor(
    run: TrackedRun,
    {
      client,
      patience,
      ...options
    }: DeliveryOptions & {
      readonly client: MlflowClient;
      readonly patience: Patience;
    },
  ) {
    this.#run = run;
    this.#options = options;
    this.#client = client;
    this.#patience = patience;
    this.#memory = new Memory(run.folder, options.server);
    this.#place = new Place(run, { ...options, client, memory: this.#memory });
    this.#outbox = new JournalOutbox({
      lines: () => run.folder.lines(),
      startedMs: run.startedMs,
    });
    this.#artifacts = new ArtifactQueue(run.folder);
  }

  log(lines: readonly JournalLine[]): void {
    this.#outbox.push(lines);
  }

  artifact(name: string): void {
    this.#artifacts.put(name);
  }

  conclude(conclusion: Conclusion): void {
    this.#conclusion.put(conclusion);
  }

  end(status: RunEnd): void {
    this.#end = status;
  }

  get isUnsent(): boolean {
    if (!this.#headerSent || this.#outbox.mayHaveMore || this.#artifacts.size > 0) return true;
    if (this.#conclusion.isPending) return true;
    return this.#end !== undefined && !this.#endSent;
  }

  /** Sends everything there is, in an order in which each part makes sense without the next. */
  async send(): Promise<void> {
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
      if (this.#options.clock.now() - this.#savedMs > SAVE_MS) this.remember();
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
      this.remember({ files });
    }
  }

  async #sendEnd({ run, parentId }: Target, end: RunEnd): Promise<void> {
    const status = endStatus(this.#run, this.#memory, end);
    if (this.#memory.place?.end !== status) {
      const update = { status, endTime: this.#outbox.timeMs };
      await this.#client.updateRun(run.info.run_id, update, this.#patience.signal);
      await this.#place.settleParent(parentId, this.#patience.signal);
      this.remember({ end: status });
    }
    this.#endSent = true;
  }

  /** Writes down how far it is. That a disk is full costs only questions to the server later. */
  remember(more: { readonly files?: Record<string, string>; readonly end?: EndStatus } = {}): void {
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

  /** The run is gone: its successor gets everything, from the first line on. */
  startOver(): void {
    this.#place.forget();
    this.#points = undefined;
    this.#headerSent = false;
    this.#conclusion.again();
  }

  /** What was not sent, and what the server did not take. */
  get leftovers(): Leftovers {
    const unsent = [
      ...(this.#headerSent ? [] : ['parameters and tags']),
      ...(this.#outbox.mayHaveMore ? [`metric points from journal line ${this.#next} on`] : []),
      ...listed(this.#artifacts.names),
      ...(this.#conclusion.isPending ? ['the tags at the end'] : []),
      ...(this.#endSent ? [] : ['the status at the end']),
    ];
    return { unsent, refused: [...this.#refused, ...this.#artifacts.refused] };
  }

  get #next(): number {
    return Math.max(this.#outbox.acked, this.#memory.place?.seq ?? -1) + 1;
  }

  /** Another process may send what is left. */
  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
  }
}

/** Artifacts by name, where they are few. */
function listed(names: readonly string[]): string[] {
  const shown = names.slice(0, NAMED).map((name) => `artifact ${name}`);
  return names.length > NAMED ? [...shown, `${names.length - NAMED} more artifacts`] : shown;
}
