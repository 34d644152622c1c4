import type { RecordedRun } from '@archer-nas/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeServer } from '../tools/fake-server.ts';
import { NOTHING_LEFT, open, recorded, stored, sync, truth } from '../tools/stage.ts';

let server: FakeServer;
let run: RecordedRun;
beforeEach(async () => {
  server = await new FakeServer().start();
  run = recorded();
});
afterEach(() => server[Symbol.asyncDispose]());

const nested = (at = server) => at.runWith('archer.search', 'search-0');
const pageOf = (at: FakeServer, runId: string) => `${at.url}/#/experiments/1/runs/${runId}`;

describe('R31 a run that is no longer where it was', () => {
  it('deleted while it goes on: its successor has everything, and names it', async () => {
    const session = open(server, run);
    session.log(run.steps(0, 3));
    await expect.poll(() => server.runs.size > 1 && stored(server).length).toBe(3);
    const old = nested();
    old.deleted = true;
    session.log(run.steps(3, 5));
    expect(await session.close('finished', 5000)).toEqual(NOTHING_LEFT);
    expect(stored(server)).toEqual(truth(5));
    expect(nested().tags.get('archer.previous')).toBe(pageOf(server, old.info.run_id));
  });

  it('deleted between two sessions: the same', async () => {
    run.steps(0, 3);
    await sync(server, run);
    const old = nested();
    old.deleted = true;
    expect(await sync(server, run)).toEqual(NOTHING_LEFT);
    expect(stored(server)).toEqual(truth(3));
    expect(nested().tags.get('archer.previous')).toBe(pageOf(server, old.info.run_id));
  });

  it('in a deleted experiment: that is restored', async () => {
    await sync(server, run);
    for (const experiment of server.experiments.values()) experiment.stage = 'deleted';
    const other = recorded({ seed: 1, id: 'search-1' });
    expect(await sync(server, other)).toEqual(NOTHING_LEFT);
    expect([...server.experiments.values()]).toEqual([{ name: 'pada-nb201', stage: 'active' }]);
  });

  it('on another server: both runs name each other, and no credentials go to the old one', async () => {
    await using other = await new FakeServer().start();
    run.steps(0, 3);
    await sync(server, run, { options: { uri: server.url.replace('//', '//ann:one@') } });
    run.steps(3, 5);
    const uri = other.url.replace('//', '//ann:two@');
    expect(await sync(server, run, { options: { uri } })).toEqual(NOTHING_LEFT);
    expect(stored(other)).toEqual(truth(5));
    expect(nested(other).tags.get('archer.previous')).toBe(pageOf(server, nested().info.run_id));
    expect(nested().tags.get('archer.next')).toBe(pageOf(other, nested(other).info.run_id));
    expect(server.seen.at(-1)?.path).toBe('runs/set-tag');
    expect(server.seen.at(-1)?.headers.authorization).toBeUndefined();
    // Back on the first, it goes on where that was.
    expect(await sync(server, run)).toEqual(NOTHING_LEFT);
    expect(stored(server)).toEqual(truth(5));
    expect(server.runs.size).toBe(2);
  });

  it('on a server that was set up again from nothing: all of it is sent again', async () => {
    run.steps(0, 3);
    await sync(server, run);
    server.runs.clear();
    server.experiments.clear();
    expect(await sync(server, run)).toEqual(NOTHING_LEFT);
    expect(stored(server)).toEqual(truth(3));
  });

  it('on a server that was restored from a backup: what that lacks is sent again', async () => {
    run.steps(0, 3);
    await sync(server, run);
    run.steps(3, 6);
    await sync(server, run);
    nested().metrics.splice(2);
    nested().tags.set('archer.seq', '2');
    expect(await sync(server, run)).toEqual(NOTHING_LEFT);
    expect(stored(server)).toEqual(truth(6));
  });

  it('as another search, after drift was accepted: a run of its own, which names the other', async () => {
    run.steps(0, 3);
    await sync(server, run);
    const drifted = recorded({ id: 'search-0b' });
    drifted.memory = run.memory;
    drifted.steps(0, 4);
    expect(await sync(server, drifted)).toEqual(NOTHING_LEFT);
    expect(stored(server)).toEqual(truth(3));
    expect(stored(server, 'loss', 'search-0b')).toEqual(truth(4));
    const next = server.runWith('archer.search', 'search-0b');
    expect(next.tags.get('archer.previous')).toBe(pageOf(server, nested().info.run_id));
    expect(nested().tags.get('archer.next')).toBe(pageOf(server, next.info.run_id));
  });
});
