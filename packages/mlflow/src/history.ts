import type { MlflowClient } from './client.ts';
import type { Metric } from './wire.ts';

/** A data base may keep a double in decimal digits. */
const RELATIVE_ERROR = 1e-12;

/**
 * What the server already has of a run's metrics. Two points are the same when key, step and
 * value are: a resumed run computes the same point again at another time.
 */
export class History {
  readonly #client: MlflowClient;
  readonly #runId: string;
  readonly #known = new Map<string, Map<number, number[]>>();

  constructor(client: MlflowClient, runId: string) {
    this.#client = client;
    this.#runId = runId;
  }

  /** Reads the histories of these keys; of those already read only when `again`. */
  async read(keys: Iterable<string>, again: boolean, signal?: AbortSignal): Promise<void> {
    for (const key of new Set(keys)) {
      if (!again && this.#known.has(key)) continue;
      const points = await this.#client.history(this.#runId, key, signal);
      this.#known.set(key, byStep(points));
    }
  }

  /** Those of the points that the server is not known to have. */
  missing(points: readonly Metric[]): Metric[] {
    return points.filter((point) => !this.#has(point));
  }

  #has({ key, step, value }: Metric): boolean {
    const values = this.#known.get(key)?.get(step);
    return values?.some((known) => isSame(known, value)) ?? false;
  }
}

function byStep(points: readonly Metric[]): Map<number, number[]> {
  const steps = new Map<number, number[]>();
  for (const { step, value } of points) {
    const values = steps.get(step);
    if (values) values.push(value);
    else steps.set(step, [value]);
  }
  return steps;
}

/** MLflow stores an infinity as the largest double. */
function isSame(stored: number, value: number): boolean {
  if (Number.isNaN(value)) return Number.isNaN(stored);
  if (!Number.isFinite(value)) return Math.abs(stored) === Number.MAX_VALUE && stored * value > 0;
  return Math.abs(stored - value) <= RELATIVE_ERROR * Math.abs(value);
}
