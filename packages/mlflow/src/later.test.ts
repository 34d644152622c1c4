import type { RecordedRun } from '@archer-nas/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeServer } from '../tools/fake-server.ts';
import { NOTHING_LEFT, open, recorded, stored, sync, trackerOf, truth } from '../tools/stage.ts';

let server: FakeServer;
let run: RecordedRun;
beforeEach(async () => {
  server = await new FakeServer().start();
  run = recorded();
});
afterEach(() => server[Symbol.asyncDispose]());

const nested = () => server.runWith('archer.search', 'search-0');
const waiting = (end: 'finished' | 'interrupted' = 'finished') =>
  trackerOf(server).waiting?.(run.tracked(false), [...run.files.keys()], end);
const batchesSeen = () => server.paths.filter((path) => path === 'runs/log-batch').length;

describe('R32 a run that was killed with a full outbox', () => {
  it('is sent by another process, and not twice', async () => {
    const killed = open(server, run);
    server.plan = () => 'cut';
    killed.log(run.steps(0, 2500));
    await expect.poll(() => server.seen.length).toBeGreaterThan(0);
    run.kill();
    server.plan = () => undefined;
    run.files.set('result.json', '{}');
    expect(waiting()).toEqual([
      'parameters and tags',
      '2500 metric points of the journal lines 0 to 4998',
      'artifact result.json',
      'the status at the end',
    ]);
    await using quiet = await new FakeServer().start();
    server.plan = () => 'cut';
    expect(await sync(quiet, run)).toEqual(NOTHING_LEFT);
    expect(stored(quiet)).toEqual(truth(2500));
    const requests = quiet.seen.length;
    expect(await sync(quiet, run)).toEqual(NOTHING_LEFT);
    expect(quiet.paths.slice(requests)).toEqual(['runs/get']);
    await killed.close('finished', 1);
  });

  it('is sent by one of two that try at once', async () => {
    run.steps(0, 2500);
    const both = await Promise.all([sync(server, run), sync(server, run)]);
    const [left] = both.filter(({ unsent }) => unsent.length > 0);
    expect(left?.reason).toContain('held by another session');
    expect(stored(server)).toEqual(truth(2500));
    expect(server.runs.size).toBe(2);
  });

  it('waits, when it goes on, for the process that sends it', async () => {
    const notices: string[] = [];
    const shelf = run.tracked().folder.takeShelf();
    const live = open(server, run, { notice: (line) => void notices.push(line) });
    live.log(run.steps(0, 3));
    await expect.poll(() => notices).toHaveLength(1);
    expect(notices[0]).toContain('held by another session');
    expect(server.seen).toEqual([]);
    shelf[Symbol.dispose]();
    await expect.poll(() => server.runs.size > 1 && stored(server)).toEqual(truth(3));
    expect(await live.close('finished', 5000)).toEqual(NOTHING_LEFT);
  });

  it('with a place in its memory that is behind the truth is not sent twice', async () => {
    run.steps(0, 10);
    await sync(server, run);
    const early = run.memory?.replace('"seq":18', '"seq":4');
    expect(early).not.toBe(run.memory);
    run.memory = early;
    expect(await sync(server, run)).toEqual(NOTHING_LEFT);
    expect(stored(server)).toEqual(truth(10));
  });

  it('and began again from zero is not taken for what it was', async () => {
    run.steps(0, 10);
    await sync(server, run);
    const again = recorded({ startedMs: run.tracked().startedMs + 1000 });
    again.memory = run.memory;
    again.steps(0, 12);
    expect(trackerOf(server).waiting?.(again.tracked(false), [], 'finished')).toContain(
      '12 metric points of the journal lines 0 to 22',
    );
    expect(await sync(server, again)).toEqual(NOTHING_LEFT);
    expect(stored(server)).toEqual(truth(12));
    expect(server.runs.size).toBe(2);
  });

  it('without its memory is found again and not sent twice', async () => {
    run.steps(0, 10);
    await sync(server, run);
    run.memory = undefined;
    expect(await sync(server, run)).toEqual(NOTHING_LEFT);
    expect(stored(server)).toEqual(truth(10));
    expect(server.runs.size).toBe(2);
  });
});

describe('a later session', () => {
  it('leaves the status of a run alone that is complete', async () => {
    const live = open(server, run);
    live.log(run.steps(0, 3));
    await live.close('failed', 5000);
    expect(nested().info.status).toBe('FAILED');
    expect(waiting('interrupted')).toEqual([]);
    const before = batchesSeen();
    expect(await sync(server, run, { end: 'interrupted' })).toEqual(NOTHING_LEFT);
    expect([nested().info.status, batchesSeen()]).toEqual(['FAILED', before]);
  });

  it('says of a run that was killed that it was, and takes it back when it goes on', async () => {
    run.steps(0, 3);
    await sync(server, run, { end: 'interrupted' });
    expect(nested().info.status).toBe('KILLED');
    const live = open(server, run);
    live.log(run.resume(5));
    await expect.poll(() => nested().info.status).toBe('RUNNING');
    live.log(run.steps(3, 4));
    await live.close('interrupted', 5000);
    expect(nested().info.status).toBe('KILLED');
    expect(stored(server)).toEqual(truth(4));
  });

  it('gives points the times of the journal, and the run its start and end', async () => {
    run.steps(0, 3);
    await sync(server, run);
    const startedMs = run.tracked().startedMs;
    const times = nested().metrics.map(({ timestamp }) => timestamp - startedMs);
    // The last time that is in the journal before a line: that of the line before.
    expect(times).toEqual([0, 0, 2]);
    expect(nested().info.start_time).toBe(startedMs);
    expect(server.seen.find(({ path }) => path === 'runs/update')?.body.end_time).toBe(
      startedMs + 4,
    );
  });

  it('sends an artifact again only when it has changed', async () => {
    run.files.set('result.json', '1');
    await sync(server, run);
    await sync(server, run);
    const uploads = () => server.paths.filter((path) => path.startsWith('artifacts:')).length;
    expect(uploads()).toBe(1);
    run.files.set('result.json', '2');
    expect(waiting()).toEqual(['artifact result.json']);
    await sync(server, run);
    expect([uploads(), nested().artifacts.get('result.json')]).toEqual([2, '2']);
  });
});

describe('R46 credentials', () => {
  it('are in no memory, no request body, no message', async () => {
    const uri = server.url.replace('//', '//ann:pass-word@');
    const notices: string[] = [];
    const setting = { options: { uri }, notice: (line: string) => void notices.push(line) };
    run.steps(0, 3);
    await sync(server, run, setting);
    server.plan = () => ({ status: 500, body: '{"message":"you sent ann:pass-word"}' });
    const left = await sync(server, run, setting);
    const bodies = server.seen.map(({ body }) => body);
    const text = JSON.stringify([run.memory, notices, left, bodies]);
    expect(text).toContain('***');
    expect(text).not.toContain('pass-word');
    expect(text).not.toContain(Buffer.from('ann:pass-word').toString('base64'));
  });
});
