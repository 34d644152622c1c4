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
/** What a tracker gets beyond its time before it is left alone. */
const GRACE_MS = 1000;

/** What a tracker is told of a run. */
export interface TrackingFacts {
  readonly manifest: Manifest;
  readonly profile: string;
  readonly seed: number;
  readonly attempt: number;
  readonly identity: ReturnType<typeof searchIdentity>;
  readonly fingerprint: Fingerprint;
}

/**
 * A tracker that cannot hurt: its errors become warnings, and it then is left alone. Its
 * session opens with the first lines: a run that is refused shows nowhere.
 */
export class Tracking {
  #open: (() => TrackedSession | undefined) | undefined;
  #session: TrackedSession | undefined;
  /** Number of the last line that was logged: a run that goes back opens its journal again. */
  #logged = -1;
  readonly #emit: OnEvent;

  constructor(tracker: Tracker | undefined, facts: TrackingFacts, emit: OnEvent) {
    this.#emit = emit;
    this.#open = tracker && (() => tracker.open(trackedRun(facts)));
  }

  /** Takes committed lines, at a resume also those that an earlier process logged. */
  log(committed: readonly JournalLine[]): void {
    const lines = committed.filter(({ seq }) => seq > this.#logged);
    this.#logged = lines.at(-1)?.seq ?? this.#logged;
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) this.#session = this.#guard(open);
    this.#guard(() => this.#session?.log(lines));
  }

  artifacts(files: ReadonlyMap<string, string>): void {
    for (const [name, content] of files) {
      this.#guard(() => this.#session?.artifact(name, content));
    }
  }

  async close(status: 'finished' | 'failed' | 'interrupted'): Promise<void> {
    try {
      const closing = this.#session?.close(status, CLOSE_TIMEOUT_MS);
      const problems = (await within(CLOSE_TIMEOUT_MS + GRACE_MS, closing)) ?? [];
      for (const problem of problems) this.#warn(problem);
    } catch (error) {
      this.#warn(messageOf(error));
    }
  }

  #guard<T>(use: () => T): T | undefined {
    try {
      return use();
    } catch (error) {
      this.#session = undefined;
      this.#warn(messageOf(error));
      return undefined;
    }
  }

  #warn(message: string): void {
    this.#emit({ type: 'warning', message: `tracker: ${message}` });
  }
}

/** The promise's value; rejects when it takes longer. */
async function within<T>(timeoutMs: number, promise: T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`did not close within ${timeoutMs / 1000} s`);
    timer = setTimeout(() => reject(error), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function trackedRun({ manifest, profile, seed, attempt, identity, fingerprint }: TrackingFacts) {
  const { name, title, space, data, evaluator, objective, strategy } = manifest;
  const params: Record<string, string> = {};
  flatten('', { space, data, evaluator, objective, strategy }, params);
  return {
    experiment: name,
    profile,
    seed,
    // Another attempt of the same search is another run.
    id: attempt === 1 ? identity : `${identity}-attempt-${attempt}`,
    params,
    tags: {
      ...(title === undefined ? {} : { title }),
      ...(attempt === 1 ? {} : { 'archer.attempt': String(attempt) }),
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

/**
 * A manifest without the credentials in its tracker's address: they never reach a file. A
 * resumed run takes them from the environment.
 */
export function withoutSecrets(manifest: Manifest): Manifest {
  if (!manifest.tracker) return manifest;
  const entries = Object.entries(manifest.tracker).map(([key, value]) => {
    const bare = typeof value === 'string' ? value.replace(/\/\/[^@/]*@/, '//') : value;
    return [key, bare] as const;
  });
  return { ...manifest, tracker: { ...manifest.tracker, ...Object.fromEntries(entries) } };
}
