import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { definePlugin } from '@archer-nas/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { toyLookup, toyManifest } from '../tools/toy-runs.ts';
import { dataFolder } from './folders.ts';
import { planRun } from './run-plan.ts';
import { exitCodeOf, parseDuration, stopWhen } from './stop.ts';

const lookup = toyLookup();
const YAML = `
name: toy
seeds: [3, 4]
space: { use: toy-bits }
evaluator: { use: toy-ones }
strategy: { use: toy-climb }
profiles:
  smoke: { strategy: { rounds: 2 } }
`;

afterEach(() => void vi.unstubAllEnvs());

describe('planRun', () => {
  it('reads a file, applies profile and settings, and puts results beside it', async () => {
    using folder = temporaryFolder();
    const manifest = join(folder.path, 'manifest.yaml');
    writeFileSync(manifest, YAML);
    const settings = ['space.bits=4'];
    const plan = await planRun({ manifest, profile: 'smoke', settings, lookup });
    expect(plan.resolved.manifest).toMatchObject({
      space: { use: 'toy-bits', bits: 4 },
      strategy: { use: 'toy-climb', rounds: 2, stepMs: 0 },
    });
    expect(plan).toMatchObject({
      profile: 'smoke',
      seeds: [3, 4],
      out: join(folder.path, 'results'),
    });
    expect(readdirSync(folder.path)).toStrictEqual(['manifest.yaml']);
  });

  it('knows what point and settings have made another experiment of', async () => {
    const sweep = { grid: { 'strategy.rounds': [5, 6] } };
    const manifest = toyManifest({ sweep });
    const settings = ['space.bits=4'];
    const at = async (point: string) =>
      (await planRun({ manifest, point, settings, lookup })).changed;
    expect(await at('rounds-5')).toEqual(['space.bits']);
    expect(await at('rounds-6')).toEqual(['strategy.rounds', 'space.bits']);
  });

  it('keeps the results of several files of one folder apart', async () => {
    using folder = temporaryFolder();
    const outs = ['a.yaml', 'b.yml'].map(async (name) => {
      const manifest = join(folder.path, name);
      writeFileSync(manifest, YAML);
      return (await planRun({ manifest, lookup })).out;
    });
    const results = join(folder.path, 'results');
    expect(await Promise.all(outs)).toEqual([join(results, 'a'), join(results, 'b')]);
  });

  it.each([
    ['an address that is no server', 'sqlite:///runs.db'],
    ['no plugin for it', 'http://127.0.0.1:1'],
  ])('goes on untracked with %s in the environment, and says so', async (_, address) => {
    vi.stubEnv('MLFLOW_TRACKING_URI', address);
    const plan = await planRun({ manifest: toyManifest({ tracker: undefined }), lookup });
    expect(plan.resolved.manifest.tracker).toBeUndefined();
    expect(plan.warnings).toStrictEqual([expect.stringContaining('not tracked')]);
  });

  it('says that there is no such file, or profile', async () => {
    using folder = temporaryFolder();
    await expect(planRun({ manifest: join(folder.path, 'no.yaml') })).rejects.toMatchObject({
      code: 'ARCHER_MANIFEST',
      exit: 2,
    });
    await expect(planRun({ manifest: folder.path })).rejects.toMatchObject({
      message: `${folder.path} is a folder.`,
    });
    const manifest = toyManifest({ profiles: { smoke: null } });
    await expect(planRun({ manifest, lookup, profile: 'smoek' })).rejects.toMatchObject({
      code: 'ARCHER_PROFILE',
      hint: 'Did you mean "smoke"?',
    });
  });

  it('looks plugins up from the folder of the manifest', async () => {
    using folder = temporaryFolder();
    const manifest = join(folder.path, 'manifest.yaml');
    writeFileSync(manifest, YAML.replace('toy-bits', 'toy-bit'));
    mkdirSync(join(folder.path, 'node_modules'));
    await expect(planRun({ manifest })).rejects.toMatchObject({
      code: 'ARCHER_PLUGIN_UNKNOWN',
      hint: expect.stringContaining('"toy-bits"'),
    });
  });

  it('tracks where the environment says, unless the manifest says otherwise', async () => {
    vi.stubEnv('MLFLOW_TRACKING_URI', 'http://127.0.0.1:1');
    const off = await planRun({ manifest: toyManifest({ tracker: null }), lookup });
    expect(off.manifest.tracker).toBeNull();
    const mlflow = definePlugin({
      id: 'mlflow',
      kind: 'tracker',
      summary: 'Stands for the real one.',
      options: z.strictObject({}),
      create: () => ({ open: () => expect.unreachable() }),
    });
    const manifest = toyManifest({ tracker: undefined });
    const on = await planRun({ manifest, lookup: toyLookup(mlflow) });
    expect(on.resolved.manifest.tracker).toStrictEqual({ use: 'mlflow' });
    expect(on.warnings).toStrictEqual([]);
  });
});

describe('dataFolder', () => {
  it('is the option, ARCHER_DATA, or in the home folder', () => {
    expect(dataFolder('/a', { ARCHER_DATA: '/b' })).toBe('/a');
    expect(dataFolder(undefined, { ARCHER_DATA: '/b' })).toBe('/b');
    expect(dataFolder(undefined, {})).toBe(join(homedir(), '.cache', 'archer'));
  });
});

describe('parseDuration', () => {
  it.each([
    [90, 90_000],
    ['1.5', 1500],
    ['45m', 2_700_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    [' 10s ', 10_000],
  ])('reads %j as %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', 'soon', '-5', '5 m', 'm', '1e3', Number.NaN, `${'1'.repeat(50)}x`])(
    'refuses %j',
    (text) => {
      expect(() => parseDuration(text)).toThrow(
        expect.objectContaining({ code: 'ARCHER_DURATION', exit: 2 }),
      );
    },
  );
});

describe('stopWhen', () => {
  it('tells an interruption from the end of the time', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const user = new AbortController();
    const stop = stopWhen(user.signal, 1000);
    expect(stop.reason()).toBeUndefined();
    vi.advanceTimersByTime(1000);
    expect(stop.reason()).toBe('time-up');
    user.abort();
    expect(stop.reason()).toBe('interrupted');
    vi.useRealTimers();
  });

  it('has an exit code for each end', () => {
    expect([undefined, 'time-up', 'interrupted'].map((r) => exitCodeOf(r as never))).toStrictEqual([
      0, 75, 130,
    ]);
  });
});
