import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { definePlugin, type Maker, type TrackedRun } from '@archer-nas/core';
import { toyOnes } from '@archer-nas/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { runToys, toyFolder, toyLookup, toyManifest } from '../../tools/toy-runs.ts';
import type { RunEvent } from '../events.ts';
import { readRun } from '../read-run.ts';
import { resume } from '../resume.ts';

const SECRET = 'sesame';
const ADDRESS = `https://ann:${SECRET}@host/data?token=${SECRET}`;

/** An evaluator that needs a token, and tells whether it got it. */
const privateOnes = definePlugin({
  id: 'private-ones',
  kind: 'evaluator',
  summary: 'Counts ones for those who have the token.',
  options: z.strictObject({ token: z.string().optional(), url: z.string().optional() }),
  requires: ['space'],
  create: ({ token, url }, dependencies) => {
    const key = token ?? process.env.TOY_TOKEN;
    if (key !== SECRET) throw new Error(`no token for ${url}`);
    return (toyOnes as Maker<'evaluator'>).create({ noise: 0, perStep: 1 }, dependencies);
  },
});

const opened: TrackedRun[] = [];
const spy = definePlugin({
  id: 'spy',
  kind: 'tracker',
  summary: 'Keeps what it is told.',
  options: z.strictObject({ uri: z.string(), password: z.string() }),
  create: ({ password }) => ({
    open(run) {
      expect(password).toBe(SECRET);
      opened.push(run);
      throw new Error(`${ADDRESS} does not answer`);
    },
  }),
});

const lookup = toyLookup(privateOnes, spy);
const manifest = toyManifest({
  evaluator: { use: 'private-ones', token: SECRET, url: ADDRESS },
  tracker: { use: 'spy', uri: ADDRESS, password: SECRET },
});

/** Every file below a folder, as text. */
function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => `${path}: ${readFileSync(path, 'latin1')}`);
}

afterEach(() => void vi.unstubAllEnvs());

describe('R46 secrets of a manifest', () => {
  it('reach the plugins and no file, tracker or event', async () => {
    using folder = temporaryFolder();
    vi.stubEnv('MLFLOW_TRACKING_PASSWORD', SECRET);
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => void events.push(event);
    const { status } = await runToys(folder.path, { manifest, lookup, onEvent });
    expect(status).toBe('finished');
    const texts = textsIn(folder.path);
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.filter((text) => text.includes(SECRET))).toEqual([]);
    expect(texts.join()).toContain('https://host/data?token=');
    expect(opened).toHaveLength(1);
    expect(JSON.stringify(opened)).not.toContain(SECRET);
    const shown = events.filter(({ type }) => type === 'warning' || type === 'log');
    expect(JSON.stringify(shown)).toContain('does not answer');
    expect(JSON.stringify(shown)).not.toContain(SECRET);
  });

  it('have no part in the identity of a run: a new one is no drift', async () => {
    using folder = temporaryFolder();
    await runToys(folder.path, { manifest, lookup });
    const { result } = readRun(toyFolder(folder.path));
    const renewed = { ...manifest, evaluator: { use: 'private-ones', token: 'new', url: ADDRESS } };
    const again = await runToys(folder.path, { manifest: renewed, lookup });
    expect(again.records[0]?.result).toEqual(result);
  });

  it('are asked for again by a resume, which finds them in the environment', async () => {
    using folder = temporaryFolder();
    const stop = new AbortController();
    const onEvent = (event: RunEvent): void => void (event.type === 'step' && stop.abort());
    const untracked = { ...manifest, tracker: null };
    const options = { manifest: untracked, lookup, signal: stop.signal, onEvent };
    expect((await runToys(folder.path, options)).status).toBe('interrupted');
    const run = toyFolder(folder.path);
    await expect(resume(run, { lookup, dataFolder: folder.path })).rejects.toThrow('no token');
    vi.stubEnv('TOY_TOKEN', SECRET);
    const { status } = await resume(run, { lookup, dataFolder: folder.path });
    expect(status).toBe('finished');
  });
});
