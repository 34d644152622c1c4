import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalLine, Leftovers, TrackedSession, Tracker } from '@archer-nas/core';
import { expect } from 'vitest';
import { type Check, describeChecks } from './check.ts';
import { RecordedRun } from './recorded-run.ts';
import { declareRow } from './row.ts';

/** A metric's point as it is shown elsewhere. */
export interface ShownPoint {
  readonly key: string;
  readonly step: number;
  readonly value: number;
}

/** Where a tracker shows runs, in a test: a server, a folder. It starts empty. */
export interface TrackerStage extends AsyncDisposable {
  /** A tracker as another process would make it: it shares nothing with earlier ones. */
  tracker(): Tracker;
  /** What is shown of a run, in the order in which it came. */
  shown(id: string): readonly ShownPoint[] | Promise<readonly ShownPoint[]>;
  /** A server that is down refuses, one that hangs never answers. */
  set(state: 'up' | 'down' | 'hanging'): void | Promise<void>;
  /** Passwords that the tracker was given; nothing that it writes or says may hold them. */
  readonly secrets: readonly string[];
  /** All text that it has shown or said elsewhere, credentials of requests aside. */
  said(): string;
}

/** A tracker to be checked. */
export interface TrackerSubject {
  start(): Promise<TrackerStage>;
}

const TIME_MS = 10_000;
/** For a server that is dead. */
const SHORT_MS = 300;
/** What a session may take beyond its time, on a machine that is busy. */
const GRACE_MS = 3000;

/** The contract of a tracker. */
export function trackerChecks(subject: TrackerSubject): readonly Check[] {
  const on = (run: (stage: TrackerStage) => Promise<void>) => async () => {
    await using stage = await subject.start();
    await run(stage);
  };
  return [
    { name: 'shows every point once, in order', run: on(checkOrder) },
    { name: 'leaves the lines as they are', run: on(checkFrozen) },
    { name: 'never throws, whatever it is told and whatever is broken', run: on(checkRobust) },
    { name: 'shows nothing twice after a resume', run: on(checkResume) },
    { name: 'closes in time when the server is down or hangs', run: on(checkClose) },
    { name: 'sends later what a dead server did not take', run: on(checkLater) },
    { name: 'sends once what two sessions have at the same time', run: on(checkTwo) },
    { name: 'keeps secrets', run: on(checkSecrets) },
  ];
}

/** Runs {@link trackerChecks} as tests, as the row of the plugin `id`. */
export function describeTracker(id: string, subject: TrackerSubject): void {
  declareRow('tracker', id);
  describeChecks(`tracker ${id}`, trackerChecks(subject));
}

/** What a journal's lines ask a tracker to show: the steps of a search. */
function pointsOf(lines: readonly JournalLine[]): ShownPoint[] {
  return lines.flatMap(({ kind, at = 0, body }) => {
    const { metrics = {} } = body as { metrics?: Record<string, number> };
    const entries = kind === 'science' ? Object.entries(metrics) : [];
    return entries.map(([key, value]) => ({ key, step: at, value }));
  });
}

async function closed(session: TrackedSession, timeoutMs = TIME_MS): Promise<Leftovers> {
  const late = sleep(timeoutMs + GRACE_MS, undefined, { ref: false });
  const left = await Promise.race([session.close('finished', timeoutMs), late]);
  expect(left, `closed within ${timeoutMs} ms`).toBeDefined();
  return left as Leftovers;
}

const NOTHING_LEFT = { unsent: [], refused: [] };

async function checkOrder(stage: TrackerStage): Promise<void> {
  const run = new RecordedRun();
  const session = stage.tracker().open(run.tracked());
  for (let step = 0; step < 30; step += 3) session.log(run.steps(step, step + 3, twoMetrics));
  expect(await closed(session)).toMatchObject(NOTHING_LEFT);
  expect(await stage.shown('search-0')).toEqual(pointsOf(run.lines));
  run.tracked().folder.takeShelf()[Symbol.dispose]();
}

const twoMetrics = (step: number) => ({ loss: 1 / (step + 1), accuracy: step });

async function checkFrozen(stage: TrackerStage): Promise<void> {
  const run = new RecordedRun();
  const session = stage.tracker().open(run.tracked());
  const lines = run.steps(0, 5);
  const before = structuredClone(lines);
  session.log(lines);
  await closed(session);
  expect(lines).toEqual(before);
}

async function checkRobust(stage: TrackerStage): Promise<void> {
  const run = new RecordedRun({ params: { long: 'x'.repeat(100_000), 'a\u0000b': '\ud800' } });
  const broken = () => {
    throw new Error('no disk');
  };
  const folder = { lines: broken, file: broken, takeShelf: broken };
  const odd: JournalLine[] = [null, [1], 'text', { metrics: null }, { metrics: { a: NaN } }].map(
    (body, seq) => ({ seq, kind: 'science', job: 'odd:job', event: 'odd', body }) as JournalLine,
  );
  for (const tracked of [run.tracked(), { ...run.tracked(), folder }]) {
    const session = stage.tracker().open(tracked);
    expect(session.log(odd)).toBeUndefined();
    session.artifact('../../no such file');
    session.conclude?.({ run: { 'odd:tag': 'x'.repeat(100_000) }, experiment: { 'a\u0000': '' } });
    await closed(session);
    session.conclude?.({ run: {}, experiment: {} });
    session.log(odd);
    session.artifact('late');
    await closed(session);
  }
}

async function checkResume(stage: TrackerStage): Promise<void> {
  const run = new RecordedRun();
  const first = stage.tracker().open(run.tracked());
  first.log(run.steps(0, 7));
  await closed(first);
  // A checkpoint stood behind step 3, line 7: the rest is computed again, under new numbers.
  const second = stage.tracker().open(run.tracked());
  second.log(run.resume(7));
  second.log(run.steps(4, 10));
  expect(await closed(second)).toMatchObject(NOTHING_LEFT);
  expect(await stage.shown('search-0')).toEqual(pointsOf(run.effective()));
  // What lies in the memory is no more than a help.
  run.memory = '{"format":"of another version"}';
  await closed(stage.tracker().open(run.tracked(false)));
  expect(await stage.shown('search-0')).toEqual(pointsOf(run.effective()));
}

async function checkClose(stage: TrackerStage): Promise<void> {
  for (const state of ['down', 'hanging'] as const) {
    await stage.set(state);
    const run = new RecordedRun();
    const session = stage.tracker().open(run.tracked());
    session.log(run.steps(0, 3));
    const { unsent } = await closed(session, SHORT_MS);
    expect(unsent.length, `what a server that is ${state} did not get`).toBeGreaterThan(0);
    run.tracked().folder.takeShelf()[Symbol.dispose]();
  }
}

async function checkLater(stage: TrackerStage): Promise<void> {
  const run = new RecordedRun();
  const live = stage.tracker().open(run.tracked());
  live.log(run.steps(0, 4));
  await expect.poll(() => stage.shown('search-0'), { timeout: TIME_MS }).toHaveLength(4);
  await stage.set('down');
  for (let step = 4; step < 400; step++) live.log(run.steps(step, step + 1));
  await closed(live, SHORT_MS);
  await stage.set('up');
  const later = stage.tracker().open(run.tracked(false));
  expect(await closed(later)).toMatchObject(NOTHING_LEFT);
  expect(await stage.shown('search-0')).toEqual(pointsOf(run.lines));
}

async function checkTwo(stage: TrackerStage): Promise<void> {
  const run = new RecordedRun();
  run.steps(0, 50);
  const sessions = [1, 2].map(() => stage.tracker().open(run.tracked(false)));
  await Promise.all(sessions.map((session) => closed(session)));
  await closed(stage.tracker().open(run.tracked(false)));
  expect(await stage.shown('search-0')).toEqual(pointsOf(run.lines));
}

async function checkSecrets(stage: TrackerStage): Promise<void> {
  const params = Object.fromEntries(stage.secrets.map((secret, i) => [`p${i}`, `at ${secret}!`]));
  const run = new RecordedRun({ params, tags: params });
  const said: unknown[] = [];
  for (const state of ['up', 'down'] as const) {
    await stage.set(state);
    const session = stage.tracker().open(run.tracked());
    session.log(run.steps(0, 3));
    said.push(await closed(session, SHORT_MS));
  }
  const text = `${run.memory} ${JSON.stringify(said)} ${stage.said()}`;
  expect(stage.secrets.length).toBeGreaterThan(0);
  for (const secret of stage.secrets) expect(text).not.toContain(secret);
}
