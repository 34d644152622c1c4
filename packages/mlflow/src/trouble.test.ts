import type { RecordedRun } from '@archer-nas/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeServer, type Plan } from '../tools/fake-server.ts';
import * as stage from '../tools/stage.ts';
import { NOTHING_LEFT, recorded, type Setting, truth } from '../tools/stage.ts';
import { testClock } from '../tools/test-clock.ts';

let server: FakeServer;
let run: RecordedRun;
beforeEach(async () => {
  server = await new FakeServer().start();
  run = recorded();
});
afterEach(() => server[Symbol.asyncDispose]());

const open = (setting: Setting = {}) => stage.open(server, run, setting);
const stored = (key = 'loss') => stage.stored(server, key);

const first =
  (n: number, trouble: ReturnType<Plan>, only = ''): Plan =>
  (path, count) =>
    path.includes(only) && count < n ? trouble : undefined;
/** What happens to the first, second, … batch. */
const batches =
  (...troubles: ReturnType<Plan>[]): Plan =>
  (path, count) =>
    path === 'runs/log-batch' ? troubles[count] : undefined;

/** 1500 steps and an artifact, all of which must arrive once. */
async function survive(plan: Plan, setting: Setting = {}): Promise<void> {
  server.plan = plan;
  run.files.set('a.txt', 'hi');
  const session = open(setting);
  session.log(run.steps(0, 1500));
  session.artifact('a.txt');
  expect(await session.close('finished', 20_000)).toEqual(NOTHING_LEFT);
  expect(stored()).toEqual(truth(1500));
  expect(server.runs.size).toBe(2);
  expect([...server.runWith('archer.search', 'search-0').artifacts]).toEqual([['a.txt', 'hi']]);
}

describe('R25 each point arrives once, in order, at a server', () => {
  it.each<[string, Plan]>([
    ['that answers 429 to everything at first', first(2, { status: 429 })],
    ['that answers 500 to everything at first', first(2, { status: 500 })],
    ['that answers HTML with 502 at first', first(2, { status: 502, body: '<html>' })],
    ['that answers HTML with 200 to batches', batches(undefined, { status: 503, body: '<p>' })],
    ['that cuts the line at first', first(1, 'cut')],
  ])('%s', (_, plan) => survive(plan));

  it('that hangs at first', () => survive(first(1, 'hang'), { options: { timeoutMs: 500 } }));

  it.each([
    ['401', { status: 401, body: '{"error_code":"PERMISSION_DENIED"}' }, '401 PERMISSION_DENIED'],
    ['a sign-in page', { status: 200, body: '<html>' }, 'NOT_MLFLOW'],
  ] as const)('that wants a password (%s), as soon as it has one', async (_, trouble, reason) => {
    server.plan = () => trouble;
    const session = open();
    session.log(run.steps(0, 3));
    run.files.set('a.txt', 'hi');
    session.artifact('a.txt');
    expect(await session.close('finished', 20_000)).toEqual({
      unsent: [
        'parameters and tags',
        'metric points from journal line 0 on',
        'artifact a.txt',
        'the status at the end',
      ],
      refused: [],
      reason: expect.stringContaining(reason),
    });
    server.plan = () => undefined;
    expect(await stage.sync(server, run)).toEqual(NOTHING_LEFT);
    expect(stored()).toEqual(truth(3));
  });

  it('that is not there, or whose name nobody knows: what is left says why', async () => {
    const gone = await new FakeServer().start();
    const uri = gone.url;
    await gone[Symbol.asyncDispose]();
    const nowhere = 'http://no-such-host.invalid';
    for (const [address, reason] of [
      [uri, /REFUSED: .*ECONNREFUSED/],
      [nowhere, /REFUSED: .*(ENOTFOUND|EAI_AGAIN)/],
    ] as const) {
      const session = open({ options: { uri: address, timeoutMs: 5000 } });
      session.log(run.steps(0, 3));
      const left = await session.close('finished', 20_000);
      expect(left.unsent).toHaveLength(3);
      expect(left.reason).toMatch(reason);
    }
  });

  it('that is down is shown no pictures, which are slow to draw, until it answers', async () => {
    server.plan = () => 'cut';
    const session = open();
    expect(session.shows).toBe(true);
    session.log(run.steps(0, 3));
    await expect.poll(() => session.shows).toBe(false);
    server.plan = () => undefined;
    await expect.poll(() => session.shows).toBe(true);
    expect(await session.close('finished', 20_000)).toEqual(NOTHING_LEFT);
  });

  it('that is down is asked once more at the end, without a pause', async () => {
    server.plan = () => 'cut';
    const sleeps: number[] = [];
    const untilAborted = (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        sleeps.push(ms);
        if (ms === 0) resolve();
        else signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    const session = open({ clock: { ...testClock(), sleep: untilAborted } });
    session.log(run.steps(0, 3));
    await expect.poll(() => sleeps.length).toBe(2);
    const before = server.seen.length;
    expect((await session.close('finished', 20_000)).unsent).toHaveLength(3);
    expect([server.seen.length - before, sleeps.length]).toEqual([1, 2]);
    server.plan = () => undefined;
    expect(await stage.sync(server, run)).toEqual(NOTHING_LEFT);
    expect(stored()).toEqual(truth(3));
  });

  it('that dies in the middle: the rest is read from the journal when it is back', async () => {
    const session = open();
    session.log(run.steps(0, 10));
    await expect.poll(() => server.runs.size > 1 && stored().length).toBe(10);
    server.plan = () => 'cut';
    // More than is kept in memory.
    for (let step = 10; step < 7000; step += 10) session.log(run.steps(step, step + 10));
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.plan = () => undefined;
    expect(await session.close('finished', 20_000)).toEqual(NOTHING_LEFT);
    expect(stored()).toEqual(truth(7000));
  });
});

describe('R26 an answer that is lost after the server did it', () => {
  it.each<[string, Plan]>([
    ['of every kind of request', first(1, 'lost')],
    ['of a batch', batches(undefined, 'lost')],
    ['of one batch after the other', batches(undefined, 'lost', undefined, 'lost', 'lost')],
  ])('%s brings no point twice', (_, plan) => survive(plan));

  it('of a batch that is stored after it was given up brings no other value', async () => {
    // 30 ms after the client has stopped waiting: beyond its read-back, within its pauses.
    server.plan = batches(undefined, { delayMs: 230 });
    run.steps(0, 3);
    const setting = { options: { timeoutMs: 200 } };
    expect(await stage.sync(server, run, setting)).toEqual(NOTHING_LEFT);
    await expect.poll(() => stored().length).toBeGreaterThanOrEqual(3);
    const { metrics } = server.runWith('archer.search', 'search-0');
    // The same rows, time included: what is equal in all of these a real server stores once.
    const rows = new Set(metrics.map((point) => JSON.stringify(point)));
    expect(rows.size).toBe(3);
  });
});

describe('R27 half of a batch', () => {
  it.each<[string, Plan]>([
    ['three times', batches(undefined, 'half', 'half', 'half')],
    [
      'after a lost one and before a refused one',
      batches(undefined, 'lost', 'half', { status: 429 }),
    ],
  ])('stored %s is filled up', (_, plan) => survive(plan));
});

describe('R28 what a server does not take', () => {
  it('as one batch is split: 1001 metrics, 101 parameters, 101 tags, 1.1 MB', async () => {
    const many = (n: number, value: string) =>
      Object.fromEntries(Array.from({ length: n }, (_, i) => [`key-${i}`, value]));
    run = recorded({ params: many(250, 'x'.repeat(6000)), tags: many(101, 'y') });
    const metrics = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`m${i}`, i]));
    run.steps(0, 2, () => metrics);
    run.steps(2, 3, () => Object.fromEntries(Object.keys(metrics).map((k) => [k.padEnd(249), 1])));
    expect(await stage.sync(server, run)).toEqual(NOTHING_LEFT);
    const { params, tags, metrics: points } = server.runWith('archer.search', 'search-0');
    expect([params.size, points.length]).toEqual([250, 3003]);
    for (const key of Object.keys(many(101, ''))) expect(tags.get(key)).toBe('y');
  });

  it('as a key is made legal: 300 characters, and characters that it refuses', async () => {
    run.steps(0, 1, () => ({ ['k'.repeat(300)]: 1, 'acc@top<5>': 2, '../x': 3, 'a:b': 4 }));
    expect(await stage.sync(server, run)).toEqual(NOTHING_LEFT);
    const { metrics } = server.runWith('archer.search', 'search-0');
    expect(metrics.map(({ value }) => value)).toEqual([1, 2, 3, 4]);
    expect(new Set(metrics.map(({ key }) => key)).size).toBe(4);
  });

  it('is one point: it is left out, and named', async () => {
    server.plan = (path, _, { body }) =>
      path === 'runs/log-batch' && body.metrics.some((m: { step: number }) => m.step === 3)
        ? { status: 400, body: '{"error_code":"INVALID_PARAMETER_VALUE","message":"no"}' }
        : undefined;
    const session = open();
    session.log(run.steps(0, 8));
    const { unsent, refused } = await session.close('finished', 5000);
    expect([unsent, refused.length]).toEqual([[], 1]);
    expect(refused[0]).toMatch(/^metric loss at step 3: .*INVALID_PARAMETER_VALUE: no$/);
    expect(stored()).toEqual(truth(8).filter(([step]) => step !== 3));
  });
});
