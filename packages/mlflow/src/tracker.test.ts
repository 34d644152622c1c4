import type { JournalLine, TrackedRun } from '@archer-nas/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer, type Plan } from '../tools/fake-server.ts';
import { testClock } from '../tools/test-clock.ts';
import { mlflowOptions, mlflowTracker } from './tracker.ts';

let server: FakeServer;
beforeEach(async () => {
  server = await new FakeServer().start();
});
afterEach(() => server[Symbol.asyncDispose]());

const run: TrackedRun = {
  experiment: 'pada-nb201',
  profile: 'quick',
  seed: 0,
  id: 'search-0',
  params: { 'strategy.epochs': '4' },
  tags: { 'archer.version': '0.1.0' },
};

const line = (seq: number, at: number, metrics: Record<string, number>): JournalLine => ({
  seq,
  kind: 'science',
  job: 'search',
  event: 'step',
  at,
  body: { metrics },
});
/** Lines `from` to `to - 1` of a search whose loss at step s is 1/(s+1). */
const lines = (from: number, to: number, seqOffset = 0): JournalLine[] =>
  Array.from({ length: to - from }, (_, i) =>
    line(from + i + seqOffset, from + i, { loss: 1 / (from + i + 1) }),
  );
const truth = (n: number) => Array.from({ length: n }, (_, step) => [step, 1 / (step + 1)]);

const open = (of: TrackedRun = run, options = {}, env = {}) =>
  mlflowTracker(mlflowOptions.parse({ uri: server.url, timeoutMs: 200, flushMs: 0, ...options }), {
    env,
    clock: testClock(),
  }).open(of);

/** The nested run's points as the server has them, repeated ones included. */
const stored = (key = 'loss') =>
  server
    .runWith('archer.search', run.id)
    .metrics.filter((metric) => metric.key === key)
    .map(({ step, value }) => [step, value]);

describe('a run on the server', () => {
  it('is a nested run with parameters, tags, metrics by step and artifacts', async () => {
    const session = open();
    session.log(lines(0, 3));
    session.artifact('manifest.yaml', 'name: x');
    expect(await session.close('finished', 5000)).toEqual([]);
    const nested = server.runWith('archer.search', run.id);
    const parent = server.runWith(
      'archer.group',
      [...server.runs.values()][0]?.tags.get('archer.group') ?? '',
    );
    expect(nested.tags.get('mlflow.parentRunId')).toBe(parent.info.run_id);
    expect([nested.info.run_name, nested.info.status]).toEqual(['seed 0', 'FINISHED']);
    expect([parent.info.run_name, parent.info.status]).toEqual(['pada-nb201 (quick)', 'FINISHED']);
    expect([...nested.params]).toEqual([['strategy.epochs', '4']]);
    expect(nested.tags.get('archer.version')).toBe('0.1.0');
    expect(nested.tags.get('archer.seq')).toBe('2');
    expect(stored()).toEqual(truth(3));
    expect([...nested.artifacts]).toEqual([['manifest.yaml', 'name: x']]);
  });

  it('shares the parent with the other seeds and not with another profile', async () => {
    for (const of of [
      run,
      { ...run, seed: 1, id: 'search-1' },
      { ...run, profile: 'paper', id: 'p' },
    ])
      await open(of).close('finished', 5000);
    const parents = ['search-0', 'search-1', 'p'].map((id) =>
      server.runWith('archer.search', id).tags.get('mlflow.parentRunId'),
    );
    expect(parents[0]).toBe(parents[1]);
    expect(parents[0]).not.toBe(parents[2]);
    expect(server.runs.size).toBe(5);
  });

  it('keeps one parent when two seeds make one at the same time', async () => {
    const parents = () =>
      [...server.runs.values()].filter((r) => !r.deleted && r.tags.has('archer.group'));
    // Nobody sees a parent until both have made theirs.
    server.plan = (path, _, { body }) =>
      path === 'runs/search' && body.filter.includes('archer.group') && parents().length < 2
        ? { status: 200, body: '{}' }
        : undefined;
    const other = open({ ...run, seed: 1, id: 'search-1' });
    await vi.waitFor(() => expect(parents()).toHaveLength(1));
    const mine = open();
    await vi.waitFor(() => server.runWith('archer.search', run.id));
    expect(parents()).toHaveLength(1);
    server.plan = () => undefined;
    await Promise.all([other, mine].map((session) => session.close('finished', 5000)));
  });

  it('ends killed when interrupted, and the parent goes on while another seed does', async () => {
    const other = open({ ...run, seed: 1, id: 'search-1' });
    await vi.waitFor(() => server.runWith('archer.search', 'search-1'));
    await open().close('interrupted', 5000);
    const parentId = server.runWith('archer.search', run.id).tags.get('mlflow.parentRunId') ?? '';
    expect(server.runWith('archer.search', run.id).info.status).toBe('KILLED');
    expect(server.runs.get(parentId)?.info.status).toBe('RUNNING');
    await other.close('failed', 5000);
    expect(server.runs.get(parentId)?.info.status).toBe('FAILED');
  });

  it('shows answers of studies by the progress of the search, their steps apart, no telemetry', async () => {
    const session = open();
    session.log([
      { ...line(0, 3, { 'kendall-tau': 0.6 }), job: 'study:0:rank' },
      {
        ...line(1, 4, {}),
        job: 'study:0:rank',
        event: 'result',
        body: { metrics: { 'kendall-tau': 0.7 }, searchAt: 250 },
      },
      { ...line(2, 5, { seconds: 9 }), kind: 'telemetry' },
      { ...line(3, 5, {}), body: 'text' },
    ]);
    await session.close('finished', 5000);
    const { metrics } = server.runWith('archer.search', run.id);
    expect(metrics.map(({ key, value, step }) => [key, value, step])).toEqual([
      ['rank.0.steps/kendall-tau', 0.6, 3],
      ['rank.0/kendall-tau', 0.7, 250],
    ]);
  });

  it('keeps NaN and infinities out and says in a tag where they began (R30)', async () => {
    const session = open();
    session.log([line(0, 0, { loss: 1 }), line(1, 1, { loss: Number.NaN, acc: 1 })]);
    session.log([line(2, 2, { loss: Number.POSITIVE_INFINITY })]);
    await session.close('finished', 5000);
    expect(stored()).toEqual([[0, 1]]);
    expect(stored('acc')).toEqual([[1, 1]]);
    const { tags } = server.runWith('archer.search', run.id);
    expect(tags.get('archer.nonfinite.loss')).toBe('NaN at step 1');
  });

  it('sends them as the wire wants when asked to', async () => {
    const session = open(run, { nonFinite: 'send' });
    session.log([line(0, 0, { loss: Number.NaN })]);
    await session.close('finished', 5000);
    expect(stored()).toEqual([[0, 'NaN']]);
  });

  it('sends a parameter of 10 000 characters short, and whole as an artifact (R28)', async () => {
    const long = 'x'.repeat(10_000);
    await open({ ...run, params: { 'a@b': long } }).close('finished', 5000);
    const { params, artifacts } = server.runWith('archer.search', run.id);
    const [[key, value] = ['', '']] = params;
    expect(key).toMatch(/^a_b\.[0-9a-f]{8}$/);
    expect(value).toHaveLength(6000);
    expect(artifacts.get(`params/${key}.txt`)).toBe(long);
  });

  it('sends no credentials (R46)', async () => {
    const uri = server.url.replace('//', '//ann:pass-word@');
    const params = { 'tracker.uri': uri, other: 'pass-word' };
    await open({ ...run, params }, { uri }).close('finished', 5000);
    const { params: shown } = server.runWith('archer.search', run.id);
    expect([...shown.values()]).toEqual([server.url.replace('//', '//***@'), '***']);
  });
});

describe('a resumed run', () => {
  it('goes on in its nested run and repeats no point, whatever the sequence numbers', async () => {
    const first = open();
    first.log(lines(0, 7));
    await first.close('interrupted', 5000);
    // The checkpoint was at step 4: steps 4 to 6 are computed again, under new numbers.
    const second = open();
    second.log(lines(4, 10, 5));
    expect(await second.close('finished', 5000)).toEqual([]);
    expect(stored()).toEqual(truth(10));
    expect(server.runs.size).toBe(2);
  });

  it('accepts the same parameters and keeps a changed one as a tag (R29)', async () => {
    await open().close('interrupted', 5000);
    const changed = { 'strategy.epochs': '5', 'strategy.lr': '0.1' };
    expect(await open({ ...run, params: changed }).close('finished', 5000)).toEqual([]);
    const { params, tags } = server.runWith('archer.search', run.id);
    expect([...params]).toEqual([
      ['strategy.epochs', '4'],
      ['strategy.lr', '0.1'],
    ]);
    expect(tags.get('archer.drift.strategy.epochs')).toBe('5');
  });
});

describe('a server in trouble', () => {
  const first =
    (n: number, trouble: ReturnType<Plan>, only = ''): Plan =>
    (path, count) =>
      path.includes(only) && count < n ? trouble : undefined;

  const troubles: [string, Plan][] = [
    ['429 to everything at first', first(2, { status: 429 })],
    ['500 to everything at first', first(2, { status: 500 })],
    ['HTML with 502 at first', first(2, { status: 502, body: '<html>' })],
    ['answers lost after everything was done', first(1, 'lost')],
    ['lines cut before anything was done', first(1, 'cut')],
    ['half of each batch stored', first(3, 'half', 'log-batch')],
    [
      'a lost batch, then half of one',
      (path, count) =>
        path === 'runs/log-batch'
          ? ([undefined, 'lost', 'half', { status: 429 }][count] as never)
          : undefined,
    ],
    ['a hang at first', first(1, 'hang')],
  ];

  it.each(troubles)('%s: each point is there once in the end (R25 to R27)', async (_, plan) => {
    server.plan = plan;
    const session = open();
    session.log(lines(0, 1500));
    session.artifact('a.txt', 'hi');
    expect(await session.close('finished', 20_000)).toEqual([]);
    expect(stored()).toEqual(truth(1500));
    expect(server.runs.size).toBe(2);
  });

  it.each([
    ['401', { status: 401, body: '{"error_code":"PERMISSION_DENIED"}' }, '401 PERMISSION_DENIED'],
    ['a sign-in page', { status: 200, body: '<html>' }, 'NOT_MLFLOW'],
  ] as const)('%s: gives up soon and says what is missing', async (_, trouble, reason) => {
    server.plan = () => trouble;
    const session = open();
    session.log(lines(0, 3));
    session.artifact('a.txt', 'hi');
    const missing = await session.close('finished', 20_000);
    expect(missing).toHaveLength(4);
    expect(missing[1]).toContain('3 metric points of the journal lines 0 to 2');
    expect(missing[2]).toContain('artifact a.txt');
    for (const part of missing) expect(part).toContain(reason);
  });

  it('a server that hangs: close keeps to its time', async () => {
    server.plan = () => 'hang';
    const session = open(run, { timeoutMs: 60_000 });
    session.log(lines(0, 3));
    const start = performance.now();
    expect(await session.close('finished', 100)).toHaveLength(3);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('no server at all: log does not throw, and close keeps to its time', async () => {
    const gone = await new FakeServer().start();
    const uri = gone.url;
    await gone[Symbol.asyncDispose]();
    const session = open(run, { uri });
    session.log(lines(0, 3));
    const missing = await session.close('finished', 300);
    expect(missing).toHaveLength(3);
    expect(missing[0]).toMatch(/^parameters and tags \(GET .*: REFUSED: .*ECONNREFUSED/);
  });

  it('leaves out the one point that the server refuses, and names it', async () => {
    server.plan = (path, _, { body }) =>
      path === 'runs/log-batch' && body.metrics.some((m: { step: number }) => m.step === 3)
        ? { status: 400, body: '{"error_code":"INVALID_PARAMETER_VALUE","message":"no"}' }
        : undefined;
    const session = open();
    session.log(lines(0, 8));
    const missing = await session.close('finished', 5000);
    expect(missing).toHaveLength(1);
    expect(missing[0]).toMatch(/^metric loss at step 3: .*INVALID_PARAMETER_VALUE: no$/);
    expect(stored()).toEqual(truth(8).filter(([step]) => step !== 3));
  });

  it('a run deleted meanwhile is made again, and what it held is named (R31)', async () => {
    const session = open();
    session.log(lines(0, 3));
    await vi.waitFor(() => expect(stored()).toHaveLength(3));
    server.runWith('archer.search', run.id).deleted = true;
    session.log(lines(3, 5));
    const missing = await session.close('finished', 5000);
    expect(missing).toEqual([expect.stringContaining('points up to journal line 2')]);
    expect(stored()).toEqual(truth(5).slice(3));
  });

  it('a deleted experiment is restored', async () => {
    await open().close('finished', 5000);
    for (const experiment of server.experiments.values()) experiment.stage = 'deleted';
    expect(await open({ ...run, seed: 1, id: 's1' }).close('finished', 5000)).toEqual([]);
    expect([...server.experiments.values()]).toEqual([{ name: 'pada-nb201', stage: 'active' }]);
  });
});

describe('without an address', () => {
  it('sends nothing and says so', async () => {
    const session = mlflowTracker(mlflowOptions.parse({}), { env: {} }).open(run);
    session.log(lines(0, 1));
    session.artifact('a', 'b');
    expect(await session.close('finished', 1)).toEqual([
      expect.stringContaining('MLFLOW_TRACKING_URI'),
    ]);
  });

  it('refuses an address that is no server before anything runs', () => {
    const env = { MLFLOW_TRACKING_URI: './mlruns' };
    expect(() => mlflowTracker(mlflowOptions.parse({}), { env })).toThrow('./mlruns');
  });
});
