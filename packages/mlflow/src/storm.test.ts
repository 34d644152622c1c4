import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FaultyServer, forwardTo } from '@archer-nas/testkit/faults';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeServer } from '../tools/fake-server.ts';
import { realServer } from '../tools/real-server.ts';
import { badWeather, buildForStorm, journalPoints, startRun, startSync } from '../tools/storm.ts';
import { readAddress } from './address.ts';
import { MlflowClient } from './client.ts';

const ROUNDS = 400;
const available = realServer();

/** A server that a storm goes over. */
interface Shore extends AsyncDisposable {
  readonly url: string;
  /** How long it may take to answer. */
  readonly timeoutMs: number;
  kill?(): Promise<void>;
  restart?(): Promise<void>;
}

async function fake(): Promise<Shore> {
  const server = await new FakeServer().start();
  return {
    url: server.url,
    timeoutMs: 2000,
    kill: async () => {
      server.plan = () => 'cut';
    },
    restart: async () => {
      server.plan = () => undefined;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

type Point = readonly [key: string, step: number, value: number];

const sorted = (points: readonly Point[]): Point[] =>
  [...points].sort((a, b) => a[0].localeCompare(b[0]) || a[1] - b[1] || a[2] - b[2]);

/** Every point of the experiment's only nested run, as often as the server has it. */
async function storedPoints(url: string, keys: Iterable<string>): Promise<Point[]> {
  const client = new MlflowClient({ address: readAddress(url) });
  const experiment = await client.experimentByName('storm');
  const experimentIds = [experiment?.experiment_id ?? ''];
  const runs = await client.searchRuns({ experimentIds, filter: '' });
  const nested = runs.filter((run) => run.data.tags.some(({ key }) => key === 'archer.search'));
  expect([runs.length, nested.length]).toEqual([2, 1]);
  expect(runs.map((run) => run.info.status)).toEqual(['FINISHED', 'FINISHED']);
  const points: Point[] = [];
  for (const key of new Set(keys)) {
    const history = await client.history(nested[0]?.info.run_id ?? '', key);
    points.push(...history.map(({ step, value }) => [key, step, value] as const));
  }
  return points;
}

/**
 * Requests are lost, cut, halved and answered with errors all the time; the server is killed
 * and comes back; the run is killed twice (once a sync follows) and goes on, and ends without a
 * server; then two processes send what is left at the same time.
 */
async function storm(shore: Shore, out: string): Promise<void> {
  await using proxy = await new FaultyServer(forwardTo(shore.url)).start();
  proxy.faults = badWeather;
  const calm = { out: path.join(out, 'calm'), rounds: ROUNDS, stepMs: 10 };
  const quiet = startRun(calm);
  const run = { ...calm, out, uri: proxy.url, timeoutMs: shore.timeoutMs };
  const folder = path.join(out, 'default', 'seed-0');

  expect((await startRun({ ...run, killAt: 130 }).end).code).toBeNull();
  // Also what the next process computes again.
  expect([0, 1]).toContain((await startSync(folder).end).code);
  const second = startRun({ ...run, killAt: 270 });
  await second.said('step 170');
  await shore.kill?.();
  await second.end;
  await shore.restart?.();
  const third = startRun(run);
  await third.said('step 330');
  await shore.kill?.();
  const ended = await third.end;
  expect([ended.code, ended.err]).toEqual([0, '']);
  if (shore.kill) expect(ended.out).toContain(`archer sync ${folder}`);
  await shore.restart?.();

  const both = await Promise.all([1, 2].map(() => startSync(folder).end));
  for (const { code } of both) expect([0, 1, 7]).toContain(code);
  // The weather is as bad as before: somebody asks until it says that nothing is left.
  for (let tries = 0; tries < 20; tries++) {
    const { code, out: said } = await startSync(folder).end;
    if (code === 0 && JSON.parse(said)[0].status === 'complete') break;
  }
  const expected = await journalPoints(folder);
  // The run itself has seen nothing of it.
  expect((await quiet.end).code).toBe(0);
  const calmFolder = path.join(calm.out, 'default', 'seed-0');
  expect(await journalPoints(calmFolder)).toEqual(expected);
  const results = [folder, calmFolder].map((one) => readFileSync(path.join(one, 'result.json')));
  expect(results[0]).toEqual(results[1]);
  expect(expected.length).toBeGreaterThan(2 * ROUNDS);
  const keys = expected.map(([key]) => key);
  expect(sorted(await storedPoints(shore.url, keys))).toEqual(sorted(expected));

  // Any day later, all of it to another server.
  await using other = await fake();
  expect((await startSync(folder, '--to', other.url).end).code).toBe(0);
  expect(sorted(await storedPoints(other.url, keys))).toEqual(sorted(expected));
}

describe('R25 R26 R27 R32 after the storm the server has the journal, point by point', () => {
  let out: string;
  beforeAll(() => {
    buildForStorm();
    out = mkdtempSync(path.join(tmpdir(), 'archer-storm-'));
  }, 120_000);
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it('on a server that keeps every row', async () => {
    await using shore = await fake();
    await storm(shore, path.join(out, 'fake'));
  }, 180_000);

  it.skipIf(!available)(
    'on a real one',
    async () => {
      if (!available) return;
      await using server = await available.start();
      const { url, kill, restart } = server;
      const mortal = kill && restart ? { kill, restart } : {};
      const shore = { url, ...mortal, timeoutMs: 3000, [Symbol.asyncDispose]: async () => {} };
      await storm(shore, path.join(out, 'real'));
    },
    600_000,
  );
});
