import {
  type JournalLine,
  type Leftovers,
  type Manifest,
  type RunEnd,
  type searchIdentity,
  sha256Hex,
  type TrackedRun,
  type TrackedSession,
  type Tracker,
  withoutCredentials,
  withoutSecrets,
} from '@archer-nas/core';
import type { OnEvent } from './events.ts';
import { type Exhibit, exhibitNames, prepareExhibits } from './exhibits.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { RunFolder } from './folders.ts';
import { field } from './journal-reader.ts';
import { shellQuoted } from './shell-quoted.ts';
import { trackedFolder } from './tracked-folder.ts';

const CLOSE_TIMEOUT_MS = 15_000;
/** What a tracker gets beyond its time before it is left alone. */
const GRACE_MS = 1000;
/** The files that every run has from its beginning. */
export const FIRST_FILES = ['manifest.json', 'fingerprint.json'] as const;

/** What a tracker is told of a run. */
export interface TrackingFacts {
  readonly folder: RunFolder;
  /** As resolved. */
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
  readonly #tracker: Tracker | undefined;
  readonly #facts: TrackingFacts;
  readonly #emit: OnEvent;
  #isOpened = false;
  #session: TrackedSession | undefined;
  /** Number of the last line that was logged: a run that goes back opens its journal again. */
  #logged = -1;

  constructor(tracker: Tracker | undefined, facts: TrackingFacts, emit: OnEvent) {
    this.#tracker = tracker;
    this.#facts = facts;
    this.#emit = emit;
  }

  /** Takes committed lines, at a resume also those that an earlier process logged. */
  log(committed: readonly JournalLine[]): void {
    if (!this.#isOpened) this.#open(committed);
    const lines = committed.filter(({ seq }) => seq > this.#logged);
    this.#logged = lines.at(-1)?.seq ?? this.#logged;
    this.#guard(() => this.#session?.log(lines));
  }

  /** The files of the result are there. */
  artifacts(files: Iterable<string>): void {
    for (const name of files) this.#guard(() => this.#session?.artifact(name));
  }

  /**
   * Makes what is shown of a finished run, where anybody is shown it. Drawing takes seconds: not for
   * a server that does not answer, whom a sync shows it later.
   */
  async exhibit(exhibit: Exhibit | undefined): Promise<void> {
    if (this.#session === undefined || this.#session.shows === false) return;
    if (exhibit === undefined) return;
    const { folder } = this.#facts;
    try {
      const conclusion = await prepareExhibits(folder, exhibit);
      this.artifacts(exhibitNames(folder));
      this.#guard(() => this.#session?.conclude?.(conclusion));
    } catch (error) {
      this.#warn(`without its pictures and verdict: ${messageOf(error)}`);
    }
  }

  async close(status: RunEnd): Promise<void> {
    try {
      const closing = this.#session?.close(status, CLOSE_TIMEOUT_MS);
      const left = await within(CLOSE_TIMEOUT_MS + GRACE_MS, closing);
      for (const line of left?.refused ?? []) this.#warn(line);
      if (left && left.unsent.length > 0) this.#warn(this.#later(`not sent: ${listed(left)}`));
    } catch (error) {
      this.#warn(this.#later(messageOf(error)));
    }
  }

  #open(lines: readonly JournalLine[]): void {
    this.#isOpened = true;
    this.#session = this.#guard(() => this.#tracker?.open(trackedRun(this.#facts, lines, true)));
    this.artifacts(FIRST_FILES);
  }

  #later(what: string): string {
    const command = `archer sync ${shellQuoted(this.#facts.folder.root)}`;
    return `${what}\nThe run folder has it all; send it with:\n  ${command}`;
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
    this.#emit({ type: 'warning', message: `tracker: ${withoutCredentials(message)}` });
  }
}

function listed({ unsent, reason }: Leftovers): string {
  return unsent.join('; ') + (reason === undefined ? '' : ` (${reason})`);
}

/** When the run began; a journal's first line says so. */
function startOf([first]: readonly JournalLine[]): number {
  const time = first && field(first.body, 'timeMs');
  return typeof time === 'number' ? time : Date.now();
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

/** A run as a tracker sees it. @param lines those that count, from the first */
export function trackedRun(
  facts: TrackingFacts,
  lines: readonly JournalLine[],
  isLive: boolean,
): TrackedRun {
  const { manifest, profile, seed, attempt, identity, fingerprint } = facts;
  const { name, title, space, data, evaluator, objective, strategy } = withoutSecrets(manifest);
  const { dataHash } = fingerprint;
  const params: Record<string, string> = {};
  flatten('', { space, data, evaluator, objective, strategy }, params);
  return {
    experiment: name,
    profile,
    seed,
    // Another attempt of the same search is another run.
    id: attempt === 1 ? identity : `${identity}-attempt-${attempt}`,
    startedMs: startOf(lines),
    isLive,
    params,
    tags: {
      ...(title === undefined ? {} : { title }),
      ...(attempt === 1 ? {} : { 'archer.attempt': String(attempt) }),
      'archer.core': fingerprint.core,
      'archer.engine': fingerprint.engine?.class ?? 'none',
      'archer.data': fingerprint.dataHash ?? 'none',
      'archer.node': fingerprint.node,
      'archer.cpu': fingerprint.machine.cpu,
      'archer.fingerprint': hashOf(fingerprint),
    },
    ...(dataHash && { data: { name: dataName({ data, evaluator }), hash: dataHash } }),
    folder: trackedFolder(facts.folder, manifest.tracker?.use ?? 'none'),
  };
}

/** The same on every machine: of what results depend on. */
function hashOf({ machine: _, ...decisive }: Fingerprint): string {
  return sha256Hex(JSON.stringify(decisive)).slice(0, 16);
}

/** What the run reads: its data set, or else the table that its evaluator looks up. */
function dataName({ data, evaluator }: Pick<Manifest, 'data' | 'evaluator'>): string {
  const table = evaluator?.benchmark as { readonly use?: unknown } | undefined;
  return data?.use ?? String(table?.use ?? evaluator?.use ?? 'data');
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
