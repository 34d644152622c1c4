import type {
  JournalLine,
  State,
  TrackedRun,
  TrackedSession,
  TrackerShelf,
} from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import type { Check } from './check.ts';
import {
  describeTracker,
  type ShownPoint,
  type TrackerSubject,
  trackerChecks,
} from './tracker-contract.ts';

type Mistake =
  | 'none'
  | 'throws'
  | 'waits for ever'
  | 'forgets its place'
  | 'remembers what it did not send'
  | 'sends the newest first'
  | 'changes the lines'
  | 'keeps its memory'
  | 'ignores the lock'
  | 'tells its password';

interface ToyServer {
  state: 'up' | 'down' | 'hanging';
  readonly points: (ShownPoint & { readonly id: string })[];
  said: string;
}

const PASSWORD = 'pass-word';

/** Sends one point at a time, and remembers after each the line that it is from. */
class ToySession implements TrackedSession {
  readonly #run: TrackedRun;
  readonly #server: ToyServer;
  readonly #mistake: Mistake;
  #worker: Promise<void> | undefined;
  #reason: string | undefined;

  constructor(run: TrackedRun, server: ToyServer, mistake: Mistake) {
    this.#run = run;
    this.#server = server;
    this.#mistake = mistake;
    this.#wake();
  }

  log(lines: readonly JournalLine[]): void {
    if (this.#mistake === 'throws' && lines.some(({ job }) => job === 'odd:job'))
      throw new Error('what is this');
    if (this.#mistake === 'changes the lines')
      for (const line of lines) Object.assign(line, { at: 0 });
    this.#wake();
  }

  artifact(): void {}

  async close() {
    if (this.#mistake === 'waits for ever') await new Promise(() => {});
    await this.#worker;
    this.#wake();
    await this.#worker;
    const unsent = this.#reason === undefined ? [] : [this.#reason];
    return { unsent, refused: [] };
  }

  #wake(): void {
    this.#worker ??= this.#work()
      .then(() => {
        this.#reason = undefined;
      })
      .catch((error: Error) => {
        const leak = this.#mistake === 'tells its password' ? PASSWORD : '';
        this.#reason = error.message + leak;
      })
      .finally(() => {
        this.#worker = undefined;
      });
  }

  async #work(): Promise<void> {
    await Promise.resolve();
    const shelf = await this.#take();
    try {
      await this.#send(shelf);
    } finally {
      if (this.#mistake !== 'keeps its memory') shelf[Symbol.dispose]();
    }
  }

  async #take(): Promise<TrackerShelf> {
    try {
      return this.#run.folder.takeShelf();
    } catch (error) {
      if (this.#mistake !== 'ignores the lock') throw error;
      return { read: () => undefined, write: () => {}, [Symbol.dispose]: () => {} };
    }
  }

  async #send(shelf: TrackerShelf): Promise<void> {
    const saved = shelf.read();
    const seq = typeof saved === 'number' && this.#mistake !== 'forgets its place' ? saved : -1;
    const known = this.#mistake === 'forgets its place' || this.#mistake === 'ignores the lock';
    const reader = this.#run.folder.lines();
    const lines: JournalLine[] = [];
    for (let next = reader.next(seq); next.length > 0; next = reader.next(seq)) lines.push(...next);
    if (this.#mistake === 'sends the newest first') lines.reverse();
    for (const line of lines) await this.#sendLine(line, shelf, known);
  }

  async #sendLine(line: JournalLine, shelf: TrackerShelf, isBlind: boolean): Promise<void> {
    const tells = this.#mistake === 'remembers what it did not send';
    if (tells) shelf.write(line.seq as State);
    const { metrics } = (line.body ?? {}) as { metrics?: Record<string, number> | null };
    const isShown = line.kind === 'science' && line.job === 'search';
    for (const [key, value] of isShown ? Object.entries(metrics ?? {}) : []) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#server.state !== 'up') throw new Error(`the server is ${this.#server.state}`);
      const point = { id: this.#run.id, key, value, step: line.at ?? 0 };
      const { id, step } = point;
      const same = (p: typeof point) =>
        p.id === id && p.key === key && p.step === step && p.value === value;
      if (isBlind || !this.#server.points.some(same)) this.#server.points.push(point);
    }
    if (!tells) shelf.write(line.seq as State);
  }
}

const subject = (mistake: Mistake): TrackerSubject => ({
  async start() {
    const server: ToyServer = { state: 'up', points: [], said: '' };
    return {
      tracker: () => ({ open: (run) => new ToySession(run, server, mistake) }),
      shown: (id) =>
        server.points
          .filter((point) => point.id === id)
          .map(({ key, step, value }) => ({ key, step, value })),
      set: (state) => {
        server.state = state;
      },
      secrets: [PASSWORD],
      said: () => JSON.stringify(server.points),
      [Symbol.asyncDispose]: async () => {},
    };
  },
});

describeTracker('that keeps the contract', subject('none'));

/** Names of the checks that a tracker breaks. */
async function broken(checks: readonly Check[]): Promise<string[]> {
  const results = await Promise.all(
    checks.map(async ({ name, run }) => {
      try {
        await run();
        return [];
      } catch {
        return [name];
      }
    }),
  );
  return results.flat();
}

describe('R25 R26 R32 R46 trackerChecks catch a tracker that', () => {
  it.each<[Mistake, string]>([
    ['throws', 'never throws, whatever it is told and whatever is broken'],
    ['waits for ever', 'closes in time when the server is down or hangs'],
    ['forgets its place', 'shows nothing twice after a resume'],
    ['remembers what it did not send', 'sends later what a dead server did not take'],
    ['sends the newest first', 'shows every point once, in order'],
    ['changes the lines', 'leaves the lines as they are'],
    ['keeps its memory', 'shows every point once, in order'],
    ['ignores the lock', 'sends once what two sessions have at the same time'],
    ['tells its password', 'keeps secrets'],
  ])('%s', async (mistake, check) => {
    const checks = trackerChecks(subject(mistake));
    expect(await broken(checks.filter(({ name }) => name === check))).toEqual([check]);
  });
});
