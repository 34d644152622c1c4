import { randomUUID } from 'node:crypto';
import { RecordedRun } from '@archer-nas/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RealServer, realServer } from '../tools/real-server.ts';
import { NOTHING_LEFT } from '../tools/stage.ts';
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
    // The first answer takes long.
    await client.experimentByName('none');
  }, 180_000);
  afterAll(() => server?.[Symbol.asyncDispose](), 30_000);

  interface Named extends RecordedRun {
    readonly id: string;
    readonly experiment: string;
  }
  const newRun = (): Named => {
    const id = randomUUID();
    const experiment = `it's a "test" ${id}`;
    const facts = {
      ...{ experiment, profile: 'quick', seed: 0, id },
      params: { 'strategy.epochs': '4', 'odd@key': 'é😀', long: 'x'.repeat(10_000) },
      tags: { 'archer.version': '0.1.0' },
    };
    return Object.assign(new RecordedRun(facts), { id, experiment });
  };
  const open = (run: RecordedRun, isLive = true) =>
    mlflowTracker(mlflowOptions.parse({ uri: server.url, flushMs: 10 }), { env: {} }).open(
      run.tracked(isLive),
    );
  const lossAt = (step: number) => Math.exp(-step / 1000) + Math.sin(step) / 3;
  const loss = (step: number) => ({ loss: lossAt(step) });
  const truth = Array.from({ length: POINTS }, (_, step) => [step, lossAt(step)]);

  const runsOf = async (run: Named): Promise<Run[]> => {
    const experiment = await client.experimentByName(run.experiment);
    const experimentIds = [experiment?.experiment_id ?? ''];
    return client.searchRuns({ experimentIds, filter: '' });
  };
  const tag = (run: Run | undefined, key: string) =>
    run?.data.tags.find((entry) => entry.key === key)?.value;
  const nestedOf = async (run: Named): Promise<Run> => {
    const [found, ...others] = (await runsOf(run)).filter(
      (one) => tag(one, 'archer.search') === run.id,
    );
    if (!found || others.length > 0) throw new Error('one nested run was expected');
    return found;
  };
  const history = async (run: Run, key: string) => {
    const points = await client.history(run.info.run_id, key);
    return points.map(({ step, value }) => [step, value]).sort(([a = 0], [b = 0]) => a - b);
  };

  it('gives back 2,500 points exactly, and a resume repeats none', async () => {
    const run = newRun();
    const first = open(run);
    first.log(run.steps(0, 1600, loss));
    run.files.set('manifest.json', '{}\n').set('tables/räng #1.csv', 'a,b\n');
    for (const name of run.files.keys()) first.artifact(name);
    expect(await first.close('interrupted', 60_000)).toEqual(NOTHING_LEFT);

    // Steps 1200 to 1599 are computed again after the resume, under new sequence numbers.
    const second = open(run);
    second.log(run.resume(2399));
    second.log(run.steps(1200, POINTS, loss));
    expect(await second.close('finished', 60_000)).toEqual(NOTHING_LEFT);

    const nested = await nestedOf(run);
    const parent = await client.getRun(tag(nested, 'mlflow.parentRunId') ?? '');
    expect(await runsOf(run)).toHaveLength(2);
    expect(tag(nested, 'archer.seq')).toBe(String(run.lines.length - 2));
    expect([parent.info.status, nested.info.status]).toEqual(['FINISHED', 'FINISHED']);
    expect(await history(nested, 'loss')).toEqual(truth);

    const params = new Map(nested.data.params.map(({ key, value }) => [key, value]));
    expect(params.get('strategy.epochs')).toBe('4');
    expect([...params.values()]).toContain('é😀');
    expect(params.get('long')).toHaveLength(6000);
    const files = await client.listArtifacts(nested.info.run_id);
    expect(files.map((file) => file.path)).toEqual(['manifest.json', 'params', 'tables']);
    const [table] = await client.listArtifacts(nested.info.run_id, 'tables');
    expect(table).toMatchObject({ isFolder: false, sizeBytes: 4 });
    const [whole] = await client.listArtifacts(nested.info.run_id, 'params');
    expect(whole).toMatchObject({ path: 'params/long.txt', sizeBytes: 10_000 });
  }, 120_000);

  it('takes NaN and infinities as we write them, and keeps them out by default', async () => {
    const run = newRun();
    const session = open(run);
    for (const [i, value] of [Number.NaN, 1, Number.NEGATIVE_INFINITY].entries()) {
      const line = { kind: 'science', job: 'study:0:rank', event: 'result', at: i } as const;
      session.log(run.append({ ...line, body: { metrics: { loss: value }, searchAt: i } }));
    }
    expect(await session.close('failed', 60_000)).toEqual(NOTHING_LEFT);
    const nested = await nestedOf(run);
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

  it('R31 makes a run that was deleted meanwhile anew, with all its points', async () => {
    const run = newRun();
    run.steps(0, 5, loss);
    expect(await open(run, false).close('finished', 60_000)).toEqual(NOTHING_LEFT);
    const old = await runsOf(run);
    for (const { info } of old) await client.deleteRun(info.run_id);
    run.steps(5, 8, loss);
    expect(await open(run, false).close('finished', 60_000)).toEqual(NOTHING_LEFT);
    const nested = await nestedOf(run);
    expect(await history(nested, 'loss')).toEqual(truth.slice(0, 8));
    const before = old.find((one) => tag(one, 'archer.search') === run.id);
    expect(tag(nested, 'archer.previous')).toContain(before?.info.run_id);
  }, 60_000);

  it('R31 restores an experiment that was deleted meanwhile', async () => {
    const run = newRun();
    run.steps(0, 5, loss);
    await open(run, false).close('finished', 60_000);
    const experiment = await client.experimentByName(run.experiment);
    const body = JSON.stringify({ experiment_id: experiment?.experiment_id });
    const headers = { 'content-type': 'application/json' };
    const path = `${server.url}/api/2.0/mlflow/experiments/delete`;
    expect((await fetch(path, { method: 'POST', headers, body })).status).toBe(200);
    run.steps(5, 8, loss);
    expect(await open(run, false).close('finished', 60_000)).toEqual(NOTHING_LEFT);
    const nested = await nestedOf(run);
    expect(await history(nested, 'loss')).toEqual(truth.slice(0, 8));
  }, 60_000);

  it('R26 stores a row once that it is sent twice with the same time', async () => {
    const run = newRun();
    await open(run).close('finished', 60_000);
    const nested = await nestedOf(run);
    const metrics = [{ key: 'twice', value: 0.1, step: 1, timestamp: 5 }];
    await client.logBatch(nested.info.run_id, { metrics });
    await client.logBatch(nested.info.run_id, { metrics });
    expect(await history(nested, 'twice')).toEqual([[1, 0.1]]);
  }, 60_000);
});
