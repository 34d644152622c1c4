import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeServer, type Plan } from '../tools/fake-server.ts';
import { type TestClock, testClock } from '../tools/test-clock.ts';
import { readAddress } from './address.ts';
import { MlflowClient, quoted } from './client.ts';
import type { Run } from './wire.ts';

let server: FakeServer;
let clock: TestClock;
beforeEach(async () => {
  server = await new FakeServer().start();
  clock = testClock();
});
afterEach(() => server[Symbol.asyncDispose]());

const client = (retries = 3, env = {}, timeoutMs = 5000) =>
  new MlflowClient({ address: readAddress(server.url, env), retries, timeoutMs, clock });

const newRun = (c: MlflowClient): Promise<Run> =>
  c.createRun({ experimentId: '1', name: 'r', startTime: 1 });
const points = (n: number) =>
  Array.from({ length: n }, (_, step) => ({ key: 'a', value: step, timestamp: 1, step }));
const failFirst =
  (n: number, status: number, headers = {}): Plan =>
  (_, count) =>
    count < n ? { status, headers, body: '{"error_code":"X","message":"m"}' } : undefined;

describe('requests', () => {
  it('creates what is not there and reads it back', async () => {
    const c = client();
    expect(await c.experimentByName('e')).toBeUndefined();
    const id = await c.createExperiment('e');
    expect(await c.experimentByName('e')).toEqual({
      experiment_id: id,
      name: 'e',
      lifecycle_stage: 'active',
    });
    const run = await newRun(c);
    await c.logParameter(run.info.run_id, 'lr', '0.1');
    await c.setTag(run.info.run_id, 't', 'v');
    expect((await c.getRun(run.info.run_id)).data.params).toEqual([{ key: 'lr', value: '0.1' }]);
  });

  it('reads a history over all its pages', async () => {
    server.pageSize = 400;
    const c = client();
    const { info } = await newRun(c);
    await c.logBatch(info.run_id, { metrics: points(1001) });
    expect(await c.history(info.run_id, 'a')).toEqual(points(1001));
    expect(server.paths.filter((path) => path === 'metrics/get-history')).toHaveLength(3);
  });

  it('R44 keeps an upload below the run, whatever its name', async () => {
    const c = client();
    const run = await newRun(c);
    await c.uploadArtifact(run, '../../x y.txt', 'hi');
    const put = server.seen.at(-1);
    expect(put?.path).toMatch(/^artifacts:1\/run1\/artifacts\/x y\.[0-9a-f]{8}\.txt$/);
  });

  it('R44 tells the names of a listing as they are: it has nothing that writes what they name', async () => {
    const names = ['../../etc/passwd', '/etc/passwd', 'C:\\x', 'a/../../b', 'ok.txt'];
    const files = names.map((path) => ({ path, is_dir: false, file_size: 1 }));
    server.plan = (path) =>
      path === 'artifacts/list' ? { status: 200, body: JSON.stringify({ files }) } : undefined;
    const listed = await client().listArtifacts('run1');
    expect(listed.map(({ path }) => path)).toEqual(names);
    const methods = Object.getOwnPropertyNames(MlflowClient.prototype);
    expect(methods.filter((name) => /download|save|write|extract/i.test(name))).toEqual([]);
  });

  it('says which stores take no uploads', async () => {
    const run = await newRun(client());
    const s3 = { ...run, info: { ...run.info, artifact_uri: 's3://bucket/x' } };
    await expect(client().uploadArtifact(s3, 'a', '')).rejects.toMatchObject({
      reason: 'UNSUPPORTED',
    });
  });

  it('quotes a filter value with the quotes that are free', () => {
    expect([quoted('a'), quoted("it's")]).toEqual(["'a'", '"it\'s"']);
    expect(() => quoted(`'"`)).toThrow(RangeError);
  });
});

describe('trouble', () => {
  it.each([408, 429, 500, 502, 503, 504])('repeats a search after %i', async (status) => {
    server.plan = failFirst(2, status);
    await client().searchRuns({ experimentIds: ['1'], filter: '' });
    expect(server.seen).toHaveLength(3);
    expect(clock.sleeps).toEqual([187.5, 375]); // 250 and 500 ms, three quarters of them
  });

  it.each([400, 401, 403, 404, 501])('does not repeat after %i', async (status) => {
    server.plan = failFirst(9, status);
    const query = { experimentIds: ['1'], filter: '' };
    await expect(client().searchRuns(query)).rejects.toMatchObject({ status, reason: 'X' });
    expect(server.seen).toHaveLength(1);
  });

  it('gives up after the last retry and says why', async () => {
    server.plan = failFirst(99, 503);
    await expect(client(2).getRun('r')).rejects.toMatchObject({
      code: 'ARCHER_MLFLOW_X',
      status: 503,
      message: `GET ${server.url}/api/2.0/mlflow/runs/get: 503 X: m`,
    });
    expect(server.seen).toHaveLength(3);
  });

  it('waits as long as Retry-After says, within its own bound', async () => {
    server.plan = (_, count) =>
      count < 2
        ? { status: 429, headers: { 'retry-after': ['7', '9999'][count] ?? '' } }
        : undefined;
    await client().searchRuns({ experimentIds: ['1'], filter: '' });
    expect(clock.sleeps).toEqual([7000, 30_000]);
  });

  it('repeats a batch only when the server did nothing', async () => {
    const c = client();
    const { info } = await newRun(c);
    server.plan = failFirst(1, 429);
    await c.logBatch(info.run_id, { metrics: points(1) });
    server.plan = (path, count) => (path === 'runs/log-batch' && count < 3 ? 'lost' : undefined);
    await expect(c.logBatch(info.run_id, { metrics: points(1) })).rejects.toMatchObject({
      status: 0,
      reason: 'UNREACHABLE',
    });
    expect(await c.history(info.run_id, 'a')).toHaveLength(2);
  });

  it('knows HTML from JSON', async () => {
    server.plan = () => ({ status: 200, body: '<html>Sign in</html>' });
    await expect(client().getRun('r')).rejects.toMatchObject({ reason: 'NOT_MLFLOW' });
    server.plan = () => ({ status: 502, body: '<html>Bad gateway</html>' });
    await expect(client(1).getRun('r')).rejects.toMatchObject({ status: 502, passing: true });
  });

  it.each(['{"run":{}}', '[]', '{"ru'])('refuses the answer %s', async (body) => {
    server.plan = () => ({ status: 200, body });
    await expect(client().getRun('r')).rejects.toMatchObject({ reason: 'BAD_RESPONSE' });
  });

  it('ends a request that hangs', async () => {
    server.plan = () => 'hang';
    await expect(client(0, {}, 50).getRun('r')).rejects.toMatchObject({ reason: 'TIMEOUT' });
    const stop = new AbortController();
    const waiting = client(5).getRun('r', stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ reason: 'ABORTED' });
  });

  it('tells a refused connection from a lost one', async () => {
    const { url } = server;
    await server[Symbol.asyncDispose]();
    const gone = new MlflowClient({ address: readAddress(url), retries: 1, clock });
    await expect(gone.createExperiment('e')).rejects.toMatchObject({
      reason: 'REFUSED',
      untouched: true,
    });
    server = await new FakeServer().start();
  });
});

describe('R46 credentials', () => {
  const env = { MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: 'pass-word' };

  it('are sent to the server', async () => {
    await client(0, { MLFLOW_TRACKING_TOKEN: 'tok' }).experimentByName('e');
    expect(server.seen[0]?.headers.authorization).toBe('Bearer tok');
  });

  it('are in no message, even when the server repeats them', async () => {
    server.plan = (_, __, { headers }) => ({
      status: 401,
      body: JSON.stringify({ message: `bad ${headers.authorization} pass-word` }),
    });
    const error: Error = await client(0, env)
      .getRun('r')
      .then(
        () => new Error('no error'),
        (e: Error) => e,
      );
    expect(error.message).toContain('401 HTTP_ERROR: bad Basic *** ***');
  });

  it('do not follow a redirect to another host', async () => {
    const seen: unknown[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers);
      response.end('{}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/steal`;
    server.plan = () => ({ status: 307, headers: { location } });
    await expect(client(0, env).getRun('r')).rejects.toMatchObject({ reason: 'REDIRECTED' });
    expect(seen).toEqual([]);
    other.close();
  });

  it('follow a redirect on the same host', async () => {
    const location = '/api/2.0/mlflow/experiments/create';
    let redirected = false;
    server.plan = () => {
      if (redirected) return undefined;
      redirected = true;
      return { status: 308, headers: { location } };
    };
    expect(await client(0, env).createExperiment('e')).toBe('1');
    expect(server.seen.map((request) => request.body)).toEqual([{ name: 'e' }, { name: 'e' }]);
    expect(server.seen[1]?.headers.authorization).toBeDefined();
  });
});
