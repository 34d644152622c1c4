import { randomUUID } from 'node:crypto';
import type { JournalLine, TrackedRun } from '@archer-nas/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RealServer, realServer } from '../tools/real-server.ts';
import { readAddress } from './address.ts';
import { MlflowClient } from './client.ts';
import { mlflowOptions, mlflowTracker } from './tracker.ts';
import type { Run } from './wire.ts';

const available = realServer();
const isRequired = process.env.ARCHER_REQUIRE_MLFLOW === '1';
const POINTS = 2500;

if (isRequired)
  it('a real MLflow server can be had, as ARCHER_REQUIRE_MLFLOW=1 asks', () => {
    expect(available, 'set MLFLOW_TEST_URI or ARCHER_MLFLOW_VENV').toBeDefined();
  });

describe.skipIf(!available)('a real MLflow server', () => {
  let server: RealServer;
  let client: MlflowClient;
  beforeAll(async () => {
    if (available) server = await available.start();
    client = new MlflowClient({ address: readAddress(server.url) });
  }, 180_000);
  afterAll(() => server?.[Symbol.asyncDispose](), 30_000);

  const newRun = (): TrackedRun => {
    const id = randomUUID();
    return {
      experiment: `it's a "test" ${id}`,
      profile: 'quick',
      seed: 0,
      id,
      params: { 'strategy.epochs': '4', 'odd@key': 'é😀', long: 'x'.repeat(10_000) },
      tags: { 'archer.version': '0.1.0' },
    };
  };
  const open = (run: TrackedRun) =>
    mlflowTracker(mlflowOptions.parse({ uri: server.url, flushMs: 10 }), { env: {} }).open(run);
  const lossAt = (step: number) => Math.exp(-step / 1000) + Math.sin(step) / 3;
  const lines = (from: number, to: number, seqOffset = 0): JournalLine[] =>
    Array.from({ length: to - from }, (_, i) => ({
      seq: from + i + seqOffset,
      kind: 'science',
      job: 'search',
      event: 'step',
      at: from + i,
      body: { metrics: { loss: lossAt(from + i) } },
    }));
  const truth = Array.from({ length: POINTS }, (_, step) => [step, lossAt(step)]);

  const runsOf = async (run: TrackedRun): Promise<Run[]> => {
    const experiment = await client.experimentByName(run.experiment);
    const experimentIds = [experiment?.experiment_id ?? ''];
    return client.searchRuns({ experimentIds, filter: '', orderBy: ['attributes.start_time ASC'] });
  };
  const tag = (run: Run | undefined, key: string) =>
    run?.data.tags.find((entry) => entry.key === key)?.value;
  const history = async (run: Run, key: string) => {
    const points = await client.history(run.info.run_id, key);
    return points.map(({ step, value }) => [step, value]).sort(([a = 0], [b = 0]) => a - b);
  };

  it('gives back 2,500 points exactly, and a resume repeats none', async () => {
    const run = newRun();
    const first = open(run);
    first.log(lines(0, 1600));
    first.artifact('manifest.yaml', 'name: x\n');
    first.artifact('tables/räng #1.csv', 'a,b\n');
    expect(await first.close('interrupted', 60_000)).toEqual([]);

    // Steps 1200 to 1599 are computed again after the resume, under new sequence numbers.
    const second = open(run);
    second.log(lines(1200, POINTS, 500));
    expect(await second.close('finished', 60_000)).toEqual([]);

    const [parent, nested, ...others] = await runsOf(run);
    if (!parent || !nested) throw new Error('a parent and a nested run were expected');
    expect(others).toEqual([]);
    expect(tag(nested, 'mlflow.parentRunId')).toBe(parent.info.run_id);
    expect(tag(nested, 'archer.search')).toBe(run.id);
    expect(tag(nested, 'archer.seq')).toBe('2999');
    expect([parent.info.status, nested.info.status]).toEqual(['FINISHED', 'FINISHED']);
    expect(await history(nested, 'loss')).toEqual(truth);

    const params = new Map(nested.data.params.map(({ key, value }) => [key, value]));
    expect(params.get('strategy.epochs')).toBe('4');
    expect([...params.values()]).toContain('é😀');
    expect(params.get('long')).toHaveLength(6000);
    const files = await client.listArtifacts(nested.info.run_id);
    expect(files.map((file) => file.path)).toEqual(['manifest.yaml', 'params', 'tables']);
    const [table] = await client.listArtifacts(nested.info.run_id, 'tables');
    expect(table).toMatchObject({ isFolder: false, sizeBytes: 4 });
    const [whole] = await client.listArtifacts(nested.info.run_id, 'params');
    expect(whole).toMatchObject({ path: 'params/long.txt', sizeBytes: 10_000 });
  }, 120_000);

  it('takes NaN and infinities as we write them, and keeps them out by default', async () => {
    const run = newRun();
    const session = open(run);
    session.log(
      [Number.NaN, 1, Number.NEGATIVE_INFINITY].map((loss, i) => ({
        seq: i,
        kind: 'science' as const,
        job: 'study:0:rank',
        event: 'result',
        at: i,
        body: { metrics: { loss } },
      })),
    );
    expect(await session.close('failed', 60_000)).toEqual([]);
    const nested = (await runsOf(run)).at(-1);
    if (!nested) throw new Error('a run was expected');
    expect(nested.info.status).toBe('FAILED');
    expect(await history(nested, 'rank.0/loss')).toEqual([[1, 1]]);
    expect(tag(nested, 'archer.nonfinite.rank.0/loss')).toBe('NaN at step 0');

    const metrics = [Number.NaN, Number.POSITIVE_INFINITY].map((value, step) => ({
      key: 'raw',
      value,
      step,
      timestamp: 1,
    }));
    await client.logBatch(nested.info.run_id, { metrics });
    expect(await history(nested, 'raw')).toEqual([
      [0, Number.NaN],
      [1, Number.MAX_VALUE],
    ]);
  }, 60_000);

  it('finds again what was deleted meanwhile: run and parent are made anew (R31)', async () => {
    const run = newRun();
    await open(run).close('finished', 60_000);
    for (const old of await runsOf(run)) await client.deleteRun(old.info.run_id);
    const session = open(run);
    session.log(lines(0, 3));
    expect(await session.close('finished', 60_000)).toEqual([]);
    const [parent, nested] = await runsOf(run);
    expect(tag(nested, 'mlflow.parentRunId')).toBe(parent?.info.run_id);
  }, 60_000);
});
