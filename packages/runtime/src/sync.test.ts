import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  definePlugin,
  type Manifest,
  type State,
  type TrackedRun,
  type Tracker,
} from '@archer-nas/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { runToys, toyFolder, toyLookup, toyManifest } from '../tools/toy-runs.ts';
import { syncRun } from './sync.ts';

afterEach(() => vi.unstubAllEnvs());

/** A tracker with a server that may be down, and which remembers the lines that it sent. */
function toyTracker(id = 'toy-tracker') {
  const server = {
    isUp: true,
    points: [] as number[],
    files: [] as string[],
    ends: [] as string[],
  };
  const addresses: (string | undefined)[] = [];
  const send = (run: TrackedRun): void => {
    using shelf = run.folder.takeShelf();
    const saved = shelf.read();
    const reader = run.folder.lines();
    for (let piece = reader.next(); piece.length > 0; piece = reader.next()) {
      for (const line of piece.filter(
        ({ seq }) => seq > (typeof saved === 'number' ? saved : -1),
      )) {
        if (line.kind === 'science') server.points.push(line.seq);
        shelf.write(line.seq as State);
      }
    }
  };
  const tracker: Tracker = {
    open: (run) => {
      const files: string[] = [];
      return {
        log: () => {},
        artifact: (name) => void files.push(name),
        close: async (status) => {
          if (!server.isUp) return { unsent: ['everything'], refused: [], reason: 'no server' };
          send(run);
          server.files.push(...files);
          server.ends.push(status);
          return { unsent: [], refused: [] };
        },
      };
    },
    waiting: (run) => {
      using shelf = run.folder.takeShelf();
      return shelf.read() === undefined ? ['everything'] : [];
    },
  };
  const plugin = definePlugin({
    id,
    kind: 'tracker',
    summary: 'For tests.',
    options: z.strictObject({ uri: z.string().optional() }),
    create: ({ uri }) => {
      addresses.push(uri);
      return tracker;
    },
  });
  return { server, addresses, lookup: toyLookup(plugin) };
}

const manifest = toyManifest({ tracker: { use: 'toy-tracker' } });
const science = (folder: string): number[] =>
  readFileSync(join(folder, 'journal.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"kind":"science"'))
    .map((line) => JSON.parse(line).seq as number);

async function runWith(
  out: string,
  toy: ReturnType<typeof toyTracker>,
  changes: Partial<Manifest> = {},
): Promise<string> {
  await runToys(out, { manifest: { ...manifest, ...changes }, lookup: toy.lookup });
  return toyFolder(out);
}

describe('R32 syncRun', () => {
  it('sends what a run could not, once, with the files of its result', async () => {
    using folder = temporaryFolder();
    const toy = toyTracker();
    toy.server.isUp = false;
    const root = await runWith(folder.path, toy);
    const report = { folder: root, refused: [], unsent: [] };
    expect(await syncRun(root, { lookup: toy.lookup, dryRun: true })).toEqual({
      ...report,
      status: 'waiting',
      waiting: ['everything'],
    });
    expect(await syncRun(root, toy)).toMatchObject({ status: 'unsent', reason: 'no server' });
    expect(toy.server.points).toEqual([]);
    toy.server.isUp = true;
    expect(await syncRun(root, toy)).toEqual({
      ...report,
      status: 'sent',
      waiting: ['everything'],
    });
    expect(await syncRun(root, toy)).toEqual({ ...report, status: 'complete', waiting: [] });
    expect(toy.server.points).toEqual(science(root));
    expect(toy.server.ends).toEqual(['finished', 'finished']);
    const [first, second, ...others] = toy.server.files;
    expect([first, second]).toEqual(['manifest.json', 'fingerprint.json']);
    for (const name of others) expect(existsSync(join(root, name)), name).toBe(true);
    expect(others).toContain('result.json');
  });

  it('makes what is shown of a finished run where it is missing, once', async () => {
    using folder = temporaryFolder();
    const toy = toyTracker();
    const root = await runWith(folder.path, toy);
    let made = 0;
    const exhibit = async () => {
      const files = async () => {
        made += 1;
        return new Map([['best.json', '[]']]);
      };
      return { files, conclusion: { run: {}, experiment: {} } };
    };
    expect(await syncRun(root, { ...toy, exhibit, dryRun: true })).toMatchObject({ waiting: [] });
    expect(made).toBe(0);
    for (let i = 0; i < 2; i++) await syncRun(root, { ...toy, exhibit });
    expect(made).toBe(1);
    expect(toy.server.files.filter((name) => name === 'exhibits/best.json')).toHaveLength(2);
  });

  it('sends a run that did not finish, as interrupted', async () => {
    using folder = temporaryFolder();
    const toy = toyTracker();
    toy.server.isUp = false;
    const signal = AbortSignal.abort();
    await runToys(folder.path, { manifest, lookup: toy.lookup, signal });
    toy.server.isUp = true;
    expect(await syncRun(toyFolder(folder.path), toy)).toMatchObject({ status: 'sent' });
    expect(toy.server.ends).toEqual(['interrupted']);
    expect(toy.server.files).toEqual(['manifest.json', 'fingerprint.json']);
  });

  it('sends a run that began again from zero anew', async () => {
    using folder = temporaryFolder();
    const toy = toyTracker();
    const root = await runWith(folder.path, toy);
    const before = toy.server.points.length;
    expect(before).toBeGreaterThan(0);
    toy.server.isUp = false;
    await runToys(folder.path, { manifest, lookup: toy.lookup, restart: true });
    toy.server.isUp = true;
    expect(await syncRun(root, toy)).toMatchObject({ status: 'sent' });
    expect(toy.server.points.slice(before)).toEqual(science(root));
  });

  it('gives another server the address that it is told', async () => {
    using folder = temporaryFolder();
    const toy = toyTracker();
    const root = await runWith(folder.path, toy);
    await syncRun(root, { ...toy, to: 'http://other' });
    expect(toy.addresses).toEqual([undefined, 'http://other']);
  });

  it('sends runs without a tracker when there is one now, and never one that wants none', async () => {
    using folder = temporaryFolder();
    const mlflow = toyTracker('mlflow');
    const { tracker: _, ...silent } = toyManifest();
    await runToys(folder.path, { manifest: silent as Manifest });
    const root = toyFolder(folder.path);
    expect(await syncRun(root, mlflow)).toMatchObject({ status: 'untracked' });
    vi.stubEnv('MLFLOW_TRACKING_URI', 'http://127.0.0.1:1');
    expect(await syncRun(root, mlflow)).toMatchObject({ status: 'sent' });
    using other = temporaryFolder();
    await runToys(other.path, { manifest: toyManifest() });
    expect(await syncRun(toyFolder(other.path), mlflow)).toMatchObject({ status: 'untracked' });
    expect(await syncRun(toyFolder(other.path), { ...mlflow, to: 'http://x' })).toMatchObject({
      status: 'sent',
    });
  });

  it('leaves a run alone that another process runs or sends', async () => {
    using folder = temporaryFolder();
    const toy = toyTracker();
    const root = await runWith(folder.path, toy);
    const held = { pid: process.pid, host: 'elsewhere', boot: '', namespace: '', started: '' };
    for (const lock of ['lock', 'trackers/toy-tracker.json.lock']) {
      writeFileSync(join(root, lock), JSON.stringify(held));
      expect(await syncRun(root, toy), lock).toMatchObject({ status: 'running' });
    }
  });

  it('refuses a folder without a run, and one whose journal is damaged', async () => {
    using folder = temporaryFolder();
    const toy = toyTracker();
    await expect(syncRun(folder.path, toy)).rejects.toMatchObject({
      code: 'ARCHER_NO_RUN',
      exit: 2,
    });
    const root = await runWith(folder.path, toy);
    const file = join(root, 'journal.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"seq":3', '"seq":9'));
    await expect(syncRun(root, toy)).rejects.toMatchObject({ code: 'ARCHER_JOURNAL_CORRUPT' });
  });
});
