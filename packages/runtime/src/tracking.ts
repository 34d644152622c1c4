import type {
  JournalLine,
  Manifest,
  searchIdentity,
  TrackedSession,
  Tracker,
} from '@archer-nas/core';
import type { OnEvent } from './events.ts';
import type { Fingerprint } from './fingerprint.ts';

const CLOSE_TIMEOUT_MS = 15_000;

/** What a tracker is told of a run. */
export interface TrackingFacts {
  readonly manifest: Manifest;
  readonly profile: string;
  readonly seed: number;
  readonly identity: ReturnType<typeof searchIdentity>;
  readonly fingerprint: Fingerprint;
}

/** A tracker that cannot hurt: its errors become warnings, and it then is left alone. */
export class Tracking {
  #session: TrackedSession | undefined;
  readonly #emit: OnEvent;

  constructor(tracker: Tracker | undefined, facts: TrackingFacts, emit: OnEvent) {
    this.#emit = emit;
    this.#session = this.#guard(() => tracker?.open(trackedRun(facts)));
  }

  log(lines: readonly JournalLine[]): void {
    this.#guard(() => this.#session?.log(lines));
  }

  artifacts(files: ReadonlyMap<string, string>): void {
    for (const [name, content] of files) {
      this.#guard(() => this.#session?.artifact(name, content));
    }
  }

  async close(status: 'finished' | 'failed' | 'interrupted'): Promise<void> {
    try {
      const problems = (await this.#session?.close(status, CLOSE_TIMEOUT_MS)) ?? [];
      for (const problem of problems) this.#warn(problem);
    } catch (error) {
      this.#warn((error as Error).message);
    }
  }

  #guard<T>(use: () => T): T | undefined {
    try {
      return use();
    } catch (error) {
      this.#session = undefined;
      this.#warn((error as Error).message);
      return undefined;
    }
  }

  #warn(message: string): void {
    this.#emit({ type: 'warning', message: `tracker: ${message}` });
  }
}

function trackedRun({ manifest, profile, seed, identity, fingerprint }: TrackingFacts) {
  const { name, title, space, data, evaluator, objective, strategy } = manifest;
  const params: Record<string, string> = {};
  flatten('', { space, data, evaluator, objective, strategy }, params);
  return {
    experiment: name,
    profile,
    seed,
    id: identity,
    params,
    tags: {
      ...(title === undefined ? {} : { title }),
      'archer.core': fingerprint.core,
      'archer.engine': fingerprint.engine?.class ?? 'none',
      'archer.data': fingerprint.dataHash ?? 'none',
      'archer.node': fingerprint.node,
      'archer.cpu': fingerprint.machine.cpu,
    },
  };
}

/** `strategy.paths.use`, … with the values as text. */
function flatten(prefix: string, value: unknown, into: Record<string, string>): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    into[prefix] = typeof value === 'string' ? value : JSON.stringify(value);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    flatten(prefix === '' ? key : `${prefix}.${key}`, inner, into);
  }
}
