import type { RecordedRun } from '@archer-nas/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../tools/fake-server.ts';
import * as stage from '../tools/stage.ts';
import { NOTHING_LEFT, recorded, type Setting, truth } from '../tools/stage.ts';
import { mlflowOptions, mlflowTracker } from './tracker.ts';

let server: FakeServer;
let run: RecordedRun;
beforeEach(async () => {
  server = await new FakeServer().start();
  run = recorded();
});
afterEach(() => server[Symbol.asyncDispose]());

const open = (of = run, setting: Setting = {}) => stage.open(server, of, setting);
/** A busy machine is not a failure. */
const BUSY = { timeout: 10_000 };
const stored = (key = 'loss') => stage.stored(server, key);

describe('a run on the server', () => {
  it('is a nested run with parameters, tags, metrics by step and artifacts', async () => {
    const session = open();
    session.log(run.steps(0, 3));
    run.files.set('manifest.json', '{}');
    session.artifact('manifest.json');
    expect(await session.close('finished', 5000)).toEqual(NOTHING_LEFT);
    const nested = server.runWith('archer.search', 'search-0');
    const parent = server.runWith(
      'archer.group',
      [...server.runs.values()][0]?.tags.get('archer.group') ?? '',
    );
    expect(nested.tags.get('mlflow.parentRunId')).toBe(parent.info.run_id);
    expect([nested.info.run_name, nested.info.status]).toEqual(['pada-nb201 seed 0', 'FINISHED']);
    expect([parent.info.run_name, parent.info.status]).toEqual(['pada-nb201 (quick)', 'FINISHED']);
    expect([...nested.params]).toEqual([['strategy.epochs', '4']]);
    expect(nested.tags.get('archer.version')).toBe('0.1.0');
    expect(nested.tags.get('archer.seq')).toBe('4');
    expect(stored()).toEqual(truth(3));
    expect([...nested.artifacts]).toEqual([['manifest.json', '{}']]);
  });

  it('has what it reads as an input, and in the end its verdict, as its parent has its own', async () => {
    const hash = 'f'.repeat(64);
    const reading = recorded({ data: { name: 'cifar10', hash } });
    const session = open(reading);
    session.conclude?.({
      run: { 'archer.verdict': 'inconclusive' },
      experiment: { 'archer.verdict': 'reproduced' },
    });
    expect(await session.close('finished', 5000)).toEqual(NOTHING_LEFT);
    const nested = server.runWith('archer.search', 'search-0');
    const parent = server.runs.get(nested.tags.get('mlflow.parentRunId') ?? '');
    expect([...nested.inputs]).toEqual([['cifar10', 'f'.repeat(36)]]);
    expect([nested, parent].map((one) => one?.tags.get('archer.verdict'))).toEqual([
      ...['inconclusive', 'reproduced'],
    ]);
  });

  it('does without inputs on a server of before 2.4', async () => {
    server.plan = (path) =>
      path === 'runs/log-inputs' ? { status: 404, body: '<html>' } : undefined;
    const session = open(recorded({ data: { name: 'cifar10', hash: 'f' } }));
    expect(await session.close('finished', 5000)).toEqual(NOTHING_LEFT);
    expect(server.runWith('archer.search', 'search-0').info.status).toBe('FINISHED');
  });

  it('tells the verdict to the run that takes the place of a deleted one', async () => {
    const session = open();
    await expect.poll(() => server.runs.size, BUSY).toBe(2);
    for (const one of server.runs.values()) one.deleted = true;
    session.conclude?.({ run: { 'archer.verdict': 'differs' }, experiment: {} });
    expect(await session.close('finished', 5000)).toEqual(NOTHING_LEFT);
    expect(server.runWith('archer.search', 'search-0').tags.get('archer.verdict')).toBe('differs');
  });

  it('shares the parent with the other seeds and not with another profile', async () => {
    for (const of of [
      run,
      recorded({ seed: 1, id: 'search-1' }),
      recorded({ profile: 'paper', id: 'p' }),
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
    const other = open(recorded({ seed: 1, id: 'search-1' }));
    await expect.poll(parents).toHaveLength(1);
    const mine = open();
    await vi.waitFor(() => server.runWith('archer.search', 'search-0'), BUSY);
    expect(parents()).toHaveLength(1);
    server.plan = () => undefined;
    await Promise.all([other, mine].map((session) => session.close('finished', 5000)));
  });

  it('ends killed when interrupted, and the parent goes on while another seed does', async () => {
    const other = open(recorded({ seed: 1, id: 'search-1' }));
    await vi.waitFor(() => server.runWith('archer.search', 'search-1'), BUSY);
    await open().close('interrupted', 5000);
    const parentId =
      server.runWith('archer.search', 'search-0').tags.get('mlflow.parentRunId') ?? '';
    expect(server.runWith('archer.search', 'search-0').info.status).toBe('KILLED');
    expect(server.runs.get(parentId)?.info.status).toBe('RUNNING');
    await other.close('failed', 5000);
    expect(server.runs.get(parentId)?.info.status).toBe('FAILED');
  });

  it('shows answers of studies by the progress of the search, their steps apart, no telemetry', async () => {
    const session = open();
    const step = (at: number, tau: number) => ({
      ...{ kind: 'science' as const, job: 'study:0:rank', event: 'step', at },
      body: { metrics: { 'kendall-tau': tau } },
    });
    const answer = (at: number, tau: number, searchAt: number) => ({
      ...{ ...step(at, tau), event: 'result' },
      body: { metrics: { 'kendall-tau': tau }, searchAt },
    });
    for (const line of [step(3, 0.6), answer(4, 0.7, 250), step(3, 0.6), answer(4, 0.8, 500)])
      session.log(run.append(line));
    session.log(run.append({ ...step(5, 9), kind: 'telemetry' }));
    session.log(run.append({ ...step(5, 9), body: 'text' }));
    await session.close('finished', 5000);
    const { metrics } = server.runWith('archer.search', 'search-0');
    expect(metrics.map(({ key, value, step }) => [key, value, step])).toEqual([
      ['rank.0.steps/kendall-tau', 0.6, 3],
      ['rank.0/kendall-tau', 0.7, 250],
      // Asked again, the study goes on counting.
      ['rank.0.steps/kendall-tau', 0.6, 7],
      ['rank.0/kendall-tau', 0.8, 500],
    ]);
  });

  it('R33 keeps the points of steps that a rollback undid, and says in a tag that it did', async () => {
    const session = open();
    session.log(run.steps(0, 5));
    await expect.poll(() => server.runs.size > 1 && stored().length, BUSY).toBe(5);
    const rollback = { kind: 'science', job: 'search', event: 'rollback', at: 4 } as const;
    session.log(run.append({ ...rollback, body: { metric: 'loss', to: 2 } }));
    session.log(run.steps(2, 6, (step) => ({ loss: 10 + step })));
    expect(await session.close('finished', 5000)).toEqual(NOTHING_LEFT);
    const undone = [2, 3, 4].map((step) => [step, 1 / (step + 1)]);
    const second = [2, 3, 4, 5].map((step) => [step, 10 + step]);
    expect(stored()).toEqual([[0, 1], [1, 1 / 2], ...undone, ...second]);
    const { tags } = server.runWith('archer.search', 'search-0');
    expect(tags.get('archer.rolled-back')).toBe('to step 2, by journal line 10');
  });

  it('R30 keeps NaN and infinities out and says in a tag where they began', async () => {
    const session = open();
    session.log(run.steps(0, 1, () => ({ loss: 1 })));
    session.log(run.steps(1, 2, () => ({ loss: Number.NaN, acc: 1 })));
    session.log(run.steps(2, 3, () => ({ loss: Number.POSITIVE_INFINITY })));
    await session.close('finished', 5000);
    expect(stored()).toEqual([[0, 1]]);
    expect(stored('acc')).toEqual([[1, 1]]);
    const { tags } = server.runWith('archer.search', 'search-0');
    expect(tags.get('archer.nonfinite.loss')).toBe('NaN at step 1');
  });

  it('R30 sends them as the wire wants when asked to', async () => {
    const session = open(run, { options: { nonFinite: 'send' } });
    session.log(run.steps(0, 1, () => ({ loss: Number.NaN })));
    await session.close('finished', 5000);
    expect(stored()).toEqual([[0, 'NaN']]);
  });

  it('R28 sends a parameter of 10,000 characters short, and whole as an artifact', async () => {
    const long = 'x'.repeat(10_000);
    await open(recorded({ params: { 'a@b': long } })).close('finished', 5000);
    const { params, artifacts } = server.runWith('archer.search', 'search-0');
    const [[key, value] = ['', '']] = params;
    expect(key).toMatch(/^a_b\.[0-9a-f]{8}$/);
    expect(value).toHaveLength(6000);
    expect(artifacts.get(`params/${key}.txt`)).toBe(long);
  });

  it('R46 sends no credentials', async () => {
    const uri = server.url.replace('//', '//ann:pass-word@');
    const params = { 'tracker.uri': uri, other: 'pass-word' };
    await open(recorded({ params }), { options: { uri } }).close('finished', 5000);
    const { params: shown } = server.runWith('archer.search', 'search-0');
    expect([...shown.values()]).toEqual([server.url.replace('//', '//***@'), '***']);
  });
});

describe('a resumed run', () => {
  it('R09 goes on in its nested run and repeats no point, whatever the sequence numbers', async () => {
    const first = open();
    first.log(run.steps(0, 7));
    await first.close('interrupted', 5000);
    // The checkpoint was behind step 3: steps 4 to 6 are computed again, under new numbers.
    const second = open();
    second.log(run.resume(7));
    second.log(run.steps(4, 10));
    expect(await second.close('finished', 5000)).toEqual(NOTHING_LEFT);
    expect(stored()).toEqual(truth(10));
    expect(server.runs.size).toBe(2);
  });

  it('R29 accepts the same parameters and keeps a changed one as a tag', async () => {
    await open().close('interrupted', 5000);
    const changed = { 'strategy.epochs': '5', 'strategy.lr': '0.1' };
    const again = open(recorded({ params: changed }));
    expect(await again.close('finished', 5000)).toEqual(NOTHING_LEFT);
    const { params, tags } = server.runWith('archer.search', 'search-0');
    expect([...params]).toEqual([
      ['strategy.epochs', '4'],
      ['strategy.lr', '0.1'],
    ]);
    expect(tags.get('archer.drift.strategy.epochs')).toBe('5');
  });
});

describe('without an address', () => {
  it('sends nothing and says so', async () => {
    const session = mlflowTracker(mlflowOptions.parse({}), { env: {} }).open(run.tracked());
    session.log(run.steps(0, 1));
    session.artifact('a');
    const { unsent } = await session.close('finished', 1);
    expect(unsent).toEqual([expect.stringContaining('MLFLOW_TRACKING_URI')]);
  });

  it('refuses an address that is no server before anything runs', () => {
    const env = { MLFLOW_TRACKING_URI: './mlruns' };
    expect(() => mlflowTracker(mlflowOptions.parse({}), { env })).toThrow('./mlruns');
  });
});
