import type { MlflowClient } from './client.ts';
import { MlflowError } from './errors.ts';
import { History } from './history.ts';
import { safeKey } from './limits.ts';
import type { Target } from './place.ts';
import type { Entry } from './translate.ts';
import type { KeyValue, Metric } from './wire.ts';

/** How points are sent. */
export interface PointOptions {
  readonly nonFinite: 'tag' | 'send';
  /** Told of each point that the server will never take. */
  readonly refused: (line: string) => void;
}

/**
 * Sends metric points so that each is on the server once. Where something may be there
 * already (a resumed run, a request whose answer was lost, half a batch), the histories are
 * read first and only what is missing is sent.
 */
export class PointSender {
  readonly #client: MlflowClient;
  readonly #target: Target;
  readonly #options: PointOptions;
  readonly #history: History;
  readonly #marked: Set<string>;
  /** Histories are read before a key's first points are sent. */
  #mayHave: boolean;
  /** A request was made, and nobody knows what became of it. */
  #isUncertain = false;

  constructor(client: MlflowClient, target: Target, options: PointOptions) {
    this.#client = client;
    this.#target = target;
    this.#options = options;
    this.#mayHave = target.resumed;
    this.#history = new History(client, target.run.info.run_id);
    this.#marked = new Set(target.run.data.tags.map((tag) => tag.key));
  }

  /** After a failure, call it again with the same entries. */
  async send(entries: readonly Entry[], signal?: AbortSignal): Promise<void> {
    const seq = entries.at(-1)?.seq;
    if (entries.some(({ again }) => again)) this.#doubt();
    const points = entries.flatMap((entry) => entry.points);
    const { good, marks } = this.#separate(points);
    const notes = entries.flatMap(({ note }) => note ?? []);
    const tags = [...marks, ...notes, { key: 'archer.seq', value: String(seq) }];
    await this.#put(good, tags, signal);
    for (const { key } of marks) this.#marked.add(key);
    this.#history.pass(good);
  }

  /** The server may have any of the points to come. */
  #doubt(): void {
    this.#mayHave = true;
    this.#history.clear();
  }

  /** A NaN or an infinity breaks MLflow's pages (mlflow#15535, #16555); the journal has it. */
  #separate(points: readonly Metric[]): { good: readonly Metric[]; marks: KeyValue[] } {
    if (this.#options.nonFinite === 'send') return { good: points, marks: [] };
    const marks = new Map<string, string>();
    for (const { key, value, step } of points) {
      const tag = safeKey(`archer.nonfinite.${key}`);
      if (!Number.isFinite(value) && !this.#marked.has(tag) && !marks.has(tag))
        marks.set(tag, `${value} at step ${step}`);
    }
    const good = points.filter((point) => Number.isFinite(point.value));
    return { good, marks: [...marks].map(([key, value]) => ({ key, value })) };
  }

  async #put(points: readonly Metric[], tags: readonly KeyValue[], signal?: AbortSignal) {
    if (this.#mayHave || this.#isUncertain)
      await this.#history.read(points, this.#isUncertain, signal);
    const metrics = this.#history.missing(points);
    try {
      this.#isUncertain = true;
      await this.#client.logBatch(this.#target.run.info.run_id, { metrics, tags }, signal);
      this.#isUncertain = false;
    } catch (error) {
      if (!isContent(error) || metrics.length === 0) throw error;
      await this.#divide(metrics, tags, error, signal);
    }
  }

  /** The server refuses something in the batch: halve it until only that is left, and go on. */
  async #divide(
    metrics: readonly Metric[],
    tags: readonly KeyValue[],
    error: MlflowError,
    signal?: AbortSignal,
  ): Promise<void> {
    const [first] = metrics;
    if (metrics.length === 1 && first) {
      this.#options.refused(`metric ${first.key} at step ${first.step}: ${error.message}`);
      return this.#put([], tags, signal);
    }
    const middle = Math.ceil(metrics.length / 2);
    await this.#put(metrics.slice(0, middle), [], signal);
    await this.#put(metrics.slice(middle), tags, signal);
  }
}

/** A failure that is about what the request says, not about the run or the server. */
function isContent(error: unknown): error is MlflowError {
  if (!(error instanceof MlflowError)) return false;
  if (error.status === 413) return true;
  return error.status === 400 && !error.message.includes("must be in the 'active' state");
}
