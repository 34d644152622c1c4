import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { definePlugin } from '@archer-nas/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { outcome, runToys, toyFolder, toyLookup, toyManifest } from '../tools/toy-runs.ts';
import type { RunEvent } from './events.ts';
import { scienceLines } from './journal-reader.ts';
import { readRun } from './read-run.ts';
import { resume } from './resume.ts';

afterEach(() => void vi.unstubAllEnvs());

const climb = (rounds: number) => ({ use: 'toy-climb', rounds });

const NOWHERE = { run: './nowhere' };
const BY_EPOCH = { use: 'by-epoch' };

/** A study that counts in epochs, of which the toy's search has none. */
function byEpoch() {
  const create = () => ({ when: { every: 1, unit: 'epoch' } });
  return toyLookup(
    definePlugin({ id: 'by-epoch', kind: 'study', options: z.strictObject({}), create } as never),
  );
}

/** The kinds of events of a run. */
function recorder() {
  const events: RunEvent[] = [];
  return { events, onEvent: (event: RunEvent): void => void events.push(event) };
}

describe('run', () => {
  it('writes the same bytes in two folders', async () => {
    using a = temporaryFolder();
    using b = temporaryFolder();
    await runToys(a.path);
    await runToys(b.path, { checkpointEvery: 1 });
    expect(outcome(toyFolder(a.path))).toStrictEqual(outcome(toyFolder(b.path)));
  });

  it('keeps NaN in journal, result and tables', async () => {
    using folder = temporaryFolder();
    const { records } = await runToys(folder.path);
    const study = records[0]?.result?.studies.at(-1);
    expect(study?.metrics.nothing).toBeNaN();
    const step = scienceLines(records[0]?.lines ?? []).findLast(({ event }) => event === 'step');
    expect(step?.body).toMatchObject({ metrics: { nothing: Number.NaN } });
  });

  it('asks each study when it wants to be asked', async () => {
    using folder = temporaryFolder();
    const { records } = await runToys(folder.path);
    const asked = records[0]?.result?.studies.map(({ index, searchAt }) => [index, searchAt]);
    expect(asked).toStrictEqual([
      [0, 2],
      [0, 4],
      [0, 5],
      [1, 5],
    ]);
    expect(readdirSync(join(toyFolder(folder.path), 'tables')).sort()).toStrictEqual(
      ['toy-count-0-at-2', 'toy-count-0-at-4', 'toy-count-0-at-5', 'toy-count-1'].flatMap(
        (name) => [`${name}-trail.csv`, `${name}-trail.json`],
      ),
    );
  });

  it('refuses a study that counts in another unit than the search', async () => {
    using folder = temporaryFolder();
    const lookup = toyLookup({
      ...(await toyLookup()('study', 'toy-count')).plugin,
      create: () => ({ when: { every: 1, unit: 'epoch' } }),
    } as never);
    await expect(runToys(folder.path, { lookup })).rejects.toMatchObject({
      code: 'ARCHER_STUDY_UNIT',
      exit: 3,
    });
  });

  it('gives each seed and each profile a folder of its own', async () => {
    using folder = temporaryFolder();
    const manifest = toyManifest({
      seeds: [0, 1],
      study: [],
      profiles: { short: { strategy: { rounds: 2 } } },
    });
    const all = await runToys(folder.path, { manifest });
    const short = await runToys(folder.path, { manifest, profile: 'short', seeds: [7] });
    expect(all.records.map(({ folder }) => folder)).toStrictEqual([
      toyFolder(folder.path, 0),
      toyFolder(folder.path, 1),
    ]);
    expect(short.records[0]?.folder).toBe(join(folder.path, 'short', 'seed-7'));
    expect(short.records[0]?.result).toMatchObject({ profile: 'short', seed: 7 });
    const [a, b] = all.records.map(({ lines }) => JSON.stringify(scienceLines(lines)));
    expect(a).not.toBe(b);
  });

  it.each([[[-1]], [[0.5]], [[Number.NaN]], [[]], [[1, 1]]])(
    'refuses the seeds %j',
    async (seeds) => {
      using folder = temporaryFolder();
      await expect(runToys(folder.path, { seeds })).rejects.toMatchObject({ code: 'ARCHER_SEEDS' });
      expect(readdirSync(folder.path)).toStrictEqual([]);
    },
  );

  it('hears of an abort also when its steps never wait', async () => {
    using folder = temporaryFolder();
    const manifest = toyManifest({ strategy: climb(20_000), study: [] });
    const { status } = await runToys(folder.path, { manifest, signal: AbortSignal.timeout(50) });
    expect(status).toBe('interrupted');
    const saved = readRun(toyFolder(folder.path)).lines.findLast((l) => l.event === 'checkpoint');
    expect(saved?.body).toMatchObject({ total: 20_000, unit: 'round' });
  });

  it('reads a folder that holds no run as unfinished', () => {
    using folder = temporaryFolder();
    expect(readRun(folder.path)).toMatchObject({
      status: 'unfinished',
      profile: undefined,
      lines: [],
    });
  });
});

describe('R09 a run that is finished', () => {
  it('is shown, not run again', async () => {
    using folder = temporaryFolder();
    const first = await runToys(folder.path);
    const files = ['journal.jsonl', 'result.json', 'fingerprint.json'].map((name) =>
      join(toyFolder(folder.path), name),
    );
    const times = files.map((file) => statSync(file).mtimeMs);
    const { events, onEvent } = recorder();
    const second = await runToys(folder.path, { onEvent });
    expect(second).toMatchObject({ status: 'finished', exitCode: 0 });
    expect(second.records).toStrictEqual(first.records);
    expect(events.map(({ type }) => type)).toStrictEqual(['resolved', 'result']);
    expect(files.map((file) => statSync(file).mtimeMs)).toStrictEqual(times);
    expect(existsSync(join(toyFolder(folder.path), 'lock'))).toBe(false);
  });

  it('runs again with restart, and ends the same', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    const before = outcome(toyFolder(folder.path));
    const { events, onEvent } = recorder();
    await runToys(folder.path, { restart: true, onEvent });
    expect(events.filter(({ type }) => type === 'step')).toHaveLength(14);
    expect(outcome(toyFolder(folder.path))).toStrictEqual(before);
  });
});

describe('a restart that cannot begin', () => {
  const refusal = new Error('no such column');
  const failing = async (kind: 'strategy' | 'evaluator', id: string, create: () => unknown) => {
    const { plugin } = await toyLookup()(kind, id);
    return { lookup: toyLookup({ ...plugin, create } as never) };
  };
  const fail = (): never => {
    throw refusal;
  };

  it.each([
    ['for its evaluator', () => failing('evaluator', 'toy-ones', fail)],
    ['for its search', () => failing('strategy', 'toy-climb', () => ({ begin: fail }))],
    ['for the run that it begins from', () => ({ manifest: toyManifest({ from: NOWHERE }) })],
    ['for a study', () => ({ manifest: toyManifest({ study: [BY_EPOCH] }), lookup: byEpoch() })],
  ])('%s leaves the run that is there', async (_, options) => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    const before = outcome(toyFolder(folder.path));
    const changed = await options();
    await expect(runToys(folder.path, { ...changed, restart: true })).rejects.toThrow();
    expect(outcome(toyFolder(folder.path))).toStrictEqual(before);
  });

  it('leaves it also in a process of a launch, which otherwise begins again once', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    const root = toyFolder(folder.path);
    const before = outcome(root);
    vi.stubEnv('ARCHER_RESTART', 'launch-1');
    const { lookup } = await failing('evaluator', 'toy-ones', fail);
    await expect(runToys(folder.path, { lookup })).rejects.toThrow(refusal);
    expect(outcome(root)).toStrictEqual(before);
    const journal = () => readFileSync(join(root, 'journal.jsonl'), 'utf8');
    const old = journal();
    await runToys(folder.path, { maxTime: 0 });
    const begun = journal();
    expect(begun).not.toBe(old);
    await runToys(folder.path);
    expect(journal().startsWith(begun)).toBe(true);
    expect(outcome(root)).toStrictEqual(before);
  });
});

describe('resume', () => {
  const profiles = { short: { strategy: { rounds: 3 }, seeds: [4] } };

  it('goes on with a folder alone, profile, settings and seed included', async () => {
    using folder = temporaryFolder();
    using straight = temporaryFolder();
    const options = { manifest: toyManifest({ profiles }), profile: 'short', seeds: [9] };
    const settings = ['strategy.rounds=4'];
    await runToys(straight.path, { ...options, settings });
    await runToys(folder.path, { ...options, settings, maxTime: 0 });
    const root = join(folder.path, 'short', 'seed-9');
    expect(readRun(root)).toMatchObject({ status: 'unfinished', profile: 'short', seed: 9 });
    const { status } = await resume(root, { lookup: toyLookup() });
    expect(status).toBe('finished');
    expect(outcome(root)).toStrictEqual(outcome(join(straight.path, 'short', 'seed-9')));
  });

  it('refuses a folder that holds no run', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'verdicts.yaml');
    writeFileSync(file, 'name: toy');
    for (const path of [folder.path, file, join(file, 'seed-0')]) {
      await expect(resume(path)).rejects.toMatchObject({ code: 'ARCHER_NO_RUN', exit: 2 });
    }
  });

  it('refuses a run under another name, instead of starting one beside it', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { maxTime: 0 });

    const moved = join(folder.path, 'default', 'copy');
    renameSync(toyFolder(folder.path), moved);
    await expect(resume(moved, { lookup: toyLookup() })).rejects.toMatchObject({
      code: 'ARCHER_RUN_RENAMED',
    });
    expect(readdirSync(join(folder.path, 'default'))).toStrictEqual(['copy']);
  });
});

describe('R08 a run whose conditions changed', () => {
  const changed = { manifest: toyManifest({ strategy: climb(6), title: 'another title' }) };

  it('is refused with what changed, and left as it was', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { maxTime: 0 });
    const journal = readFileSync(join(toyFolder(folder.path), 'journal.jsonl'), 'utf8');
    await expect(runToys(folder.path, changed)).rejects.toMatchObject({
      code: 'ARCHER_DRIFT',
      exit: 4,
      message: expect.stringMatching(/conditions:\n {2}strategy\.rounds: 5 → 6$/),
    });
    expect(readFileSync(join(toyFolder(folder.path), 'journal.jsonl'), 'utf8')).toBe(journal);
  });

  it('goes on when that is accepted, which is written down and stays so', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { maxTime: 0 });
    await runToys(folder.path, { ...changed, acceptDrift: true, maxTime: 0 });
    const { records } = await resume(toyFolder(folder.path), { lookup: toyLookup() });
    const drift = records[0]?.lines.filter(({ event }) => event === 'resume');
    expect(drift?.map(({ body }) => (body as { drift?: unknown }).drift)).toStrictEqual([
      ['strategy.rounds: 5 → 6'],
      undefined,
    ]);
    expect(records[0]?.manifest?.strategy.rounds).toBe(6);
    expect(records[0]?.result?.studies.at(-1)?.searchAt).toBe(6);
  });

  it('is refused when it is finished, too; accepted, a warning says what changed', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path);
    await expect(runToys(folder.path, changed)).rejects.toMatchObject({ code: 'ARCHER_DRIFT' });
    const { events, onEvent } = recorder();
    await runToys(folder.path, { ...changed, acceptDrift: true, onEvent });
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
      { message: expect.stringContaining('strategy.rounds: 5 → 6') },
    ]);
  });

  it('is not refused for title, seeds and expectations', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { maxTime: 0 });
    const expected = { metric: 'ones', value: 8, tolerance: 0, source: 'none' };
    const manifest = toyManifest({ title: 'another', seeds: [0, 1], expect: [expected] });
    expect((await runToys(folder.path, { manifest, seeds: [0] })).status).toBe('finished');
  });

  it('is not refused when it never began', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { maxTime: 0 });

    for (const name of ['journal.jsonl', 'checkpoints']) {
      rmSync(join(toyFolder(folder.path), name), { recursive: true });
    }
    expect((await runToys(folder.path, changed)).status).toBe('finished');
    expect(readRun(toyFolder(folder.path)).manifest?.strategy.rounds).toBe(6);
  });
});
