import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { definePlugin, type TrackedRun } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { outcome, runToys, toyFolder, toyLookup, toyManifest } from '../tools/toy-runs.ts';
import { countedAttempts } from './attempts.ts';
import { readRun } from './read-run.ts';
import { resume } from './resume.ts';

const secondOf = (out: string): string => join(out, 'default', 'seed-0-attempt-2');

describe('R23 a new attempt of a finished run', () => {
  it('has a folder of its own, the same seed and so the same outcome, and is recorded', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    const first = readFileSync(join(toyFolder(folder.path), 'journal.jsonl'), 'hex');
    const { records, status } = await runToys(folder.path, { attempt: 'new' });
    expect(status).toBe('finished');
    expect(records).toMatchObject([{ folder: secondOf(folder.path), attempt: 2, seed: 0 }]);
    expect(outcome(secondOf(folder.path))).toStrictEqual(outcome(toyFolder(folder.path)));
    expect(readFileSync(join(toyFolder(folder.path), 'journal.jsonl'), 'hex')).toBe(first);
    expect(readRun(toyFolder(folder.path)).attempt).toBe(1);
  });

  it('is not begun while there is one to go on with', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { attempt: 'new', maxTime: 0 });
    expect(readRun(toyFolder(folder.path)).status).toBe('unfinished');
    await runToys(folder.path, { attempt: 'new' });
    await runToys(folder.path, { attempt: 'new', maxTime: 0 });
    await runToys(folder.path, { attempt: 'new' });
    const names = readdirSync(join(folder.path, 'default')).sort();
    expect(names).toStrictEqual(['seed-0', 'seed-0-attempt-2']);
    await runToys(folder.path, { attempt: 'new', maxTime: 0 });
    expect(readRun(join(folder.path, 'default', 'seed-0-attempt-3')).status).toBe('unfinished');
  });

  it('is resumed from its folder alone', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    await runToys(folder.path, { attempt: 'new', maxTime: 0 });
    const { records } = await resume(secondOf(folder.path), { lookup: toyLookup() });
    expect(records).toMatchObject([{ folder: secondOf(folder.path), status: 'finished' }]);
  });

  it('leaves the first one to a run that does not ask for another', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    await runToys(folder.path, { attempt: 'new' });
    const { records } = await runToys(folder.path);
    expect(records).toMatchObject([{ folder: toyFolder(folder.path), attempt: 1 }]);
  });

  it('is another run for a tracker', async () => {
    using folder = temporaryFolder();
    const opened: TrackedRun[] = [];
    const tracker = definePlugin({
      id: 'toy-tracker',
      kind: 'tracker',
      summary: 'Remembers what it is told, for tests.',
      options: z.strictObject({}),
      create: () => ({
        open(run) {
          opened.push(run);
          return {
            log: () => {},
            artifact: () => {},
            close: async () => ({ unsent: [], refused: [] }),
          };
        },
      }),
    });
    const lookup = toyLookup(tracker);
    const manifest = toyManifest({ tracker: { use: 'toy-tracker' } });
    await runToys(folder.path, { lookup, manifest });
    await runToys(folder.path, { lookup, manifest, attempt: 'new' });
    const [first, second] = opened;
    expect(second?.id).toBe(`${first?.id}-attempt-2`);
    expect([first, second].map((run) => run?.tags['archer.attempt'])).toStrictEqual([
      undefined,
      '2',
    ]);
  });
});

describe('R23 of several attempts of a seed', () => {
  it('the first finished one counts, or the first where none is', async () => {
    using folder = temporaryFolder();
    const manifest = toyManifest({ seeds: [0, 1] });
    await runToys(folder.path, { manifest });
    await runToys(folder.path, { manifest, attempt: 'new' });
    const root = join(folder.path, 'default');
    const folders = readdirSync(root).map((name) => join(root, name));
    expect(folders).toHaveLength(4);
    const counted = () => countedAttempts(folders).sort();
    expect(counted()).toStrictEqual([toyFolder(folder.path), toyFolder(folder.path, 1)]);
    rmSync(join(toyFolder(folder.path), 'result.json'));
    expect(counted()).toStrictEqual([secondOf(folder.path), toyFolder(folder.path, 1)].sort());
    rmSync(join(secondOf(folder.path), 'result.json'));
    expect(counted()).toStrictEqual([toyFolder(folder.path), toyFolder(folder.path, 1)]);
    expect(countedAttempts([secondOf(folder.path), '/other'])).toHaveLength(2);
    expect(existsSync(secondOf(folder.path))).toBe(true);
  });
});
