import type { MlflowClient } from './client.ts';
import type { Metric } from './wire.ts';

/** A data base may keep a double in decimal digits. */
const RELATIVE_ERROR = 1e-12;

type Steps = Map<number, number[]>;

/**
 * What the server already has of a run's metrics, from the steps on that are being sent. Two
 * points are the same when key, step and value are: a resumed run computes the same point
 * again at another time.
 */
export class History {
  readonly #client: MlflowClient;
  readonly #runId: string;
  readonly #known = new Map<string, Steps>();

  constructor(client: MlflowClient, runId: string) {
    this.#client = client;
    this.#runId = runId;
  }

  /** Reads the histories of the points' keys; of those already read only when `again`. */
  async read(points: readonly Metric[], again: boolean, signal?: AbortSignal): Promise<void> {
    for (const [key, from] of firstSteps(points)) {
      if (!again && this.#known.has(key)) continue;
      this.#known.set(key, await this.#stepsFrom(key, from, signal));
    }
  }

  /** Those of the points that the server is not known to have. */
  missing(points: readonly Metric[]): Metric[] {
    return points.filter((point) => !this.#has(point));
  }

  /** What lies before these points will not be asked for again: steps only grow. */
  pass(points: readonly Metric[]): void {
    for (const [key, from] of firstSteps(points)) {
      const steps = this.#known.get(key);
      for (const step of steps?.keys() ?? []) if (step < from) steps?.delete(step);
    }
  }

  /** Forgets what was read. */
  clear(): void {
    this.#known.clear();
  }

  async #stepsFrom(key: string, from: number, signal?: AbortSignal): Promise<Steps> {
    const steps: Steps = new Map();
    for await (const page of this.#client.historyPages(this.#runId, key, signal)) {
      for (const { step, value } of page) {
        if (step < from) continue;
        const values = steps.get(step);
        if (values) values.push(value);
        else steps.set(step, [value]);
      }
    }
    return steps;
  }

  #has({ key, step, value }: Metric): boolean {
    const values = this.#known.get(key)?.get(step);
    return values?.some((known) => isSame(known, value)) ?? false;
  }
}

/** The smallest step of each key. */
function firstSteps(points: readonly Metric[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const { key, step } of points) first.set(key, Math.min(step, first.get(key) ?? step));
  return first;
}

/** MLflow stores an infinity as the largest double. */
function isSame(stored: number, value: number): boolean {
  if (Number.isNaN(value)) return Number.isNaN(stored);
  if (!Number.isFinite(value)) return Math.abs(stored) === Number.MAX_VALUE && stored * value > 0;
  return Math.abs(stored - value) <= RELATIVE_ERROR * Math.abs(value);
}
