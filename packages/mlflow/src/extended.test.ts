import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FakeServer } from '../tools/fake-server.ts';
import { type RealServer, realServer } from '../tools/real-server.ts';
import { ToyRun } from '../tools/toy-run.ts';
import { readAddress } from './address.ts';
import { MlflowClient } from './client.ts';
import { pageOf } from './succession.ts';
import type { Run } from './wire.ts';

const available = realServer();

type Server = Pick<RealServer, 'url'> & AsyncDisposable;

const servers: readonly (readonly [string, () => Promise<Server>])[] = [
  ['a server that keeps repeated points', () => new FakeServer().start()],
  ...(available ? [['a real server', () => available.start()] as const] : []),
];

const entryOf = (among: Run['data']['tags'], key: string) =>
  among.find((entry) => entry.key === key)?.value;

const out = mkdtempSync(join(tmpdir(), 'archer-extended-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe('a run that is extended', () => {
  it.each(servers)(
    'is a new run on %s, with all of its points, linked with the shorter one',
    async (_, start) => {
      await using server = await start();
      const client = new MlflowClient({ address: readAddress(server.url) });
      // The first answer takes long.
      await client.experimentByName('none');
      const name = `extended-${randomUUID()}`;
      const toy = new ToyRun(join(out, name));
      await toy.run(name, server.url);
      const before = toy.points();
      await toy.extend(6);
      const after = toy.points();
      expect([before.length, after.length]).toEqual([3, 6]);

      const experiment = await client.experimentByName(name);
      const experimentIds = [experiment?.experiment_id ?? ''];
      const runs = await client.searchRuns({ experimentIds, filter: '' });
      expect(runs.map(({ info }) => info.status)).toEqual(Array(3).fill('FINISHED'));
      const [shorter, longer] = ['3', '6'].map((rounds) =>
        runs.find(({ data }) => entryOf(data.params, 'strategy.rounds') === rounds),
      ) as [Run, Run];
      const page = ({ info }: Run) => pageOf(server.url, info.experiment_id, info.run_id);
      expect(entryOf(longer.data.tags, 'archer.previous')).toBe(page(shorter));
      expect(entryOf(shorter.data.tags, 'archer.next')).toBe(page(longer));
      const history = async ({ info }: Run) => {
        const points = await client.history(info.run_id, toy.metric);
        return points.map(({ step, value }) => [step, value]);
      };
      expect(await history(shorter)).toEqual(before);
      expect(await history(longer)).toEqual(after);
    },
    300_000,
  );
});
