import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import {
  crashImage,
  type Outcome,
  outcome,
  runToys,
  toyFolder,
  toyLookup,
  toyManifest,
} from '../tools/toy-runs.ts';
import type { RunEvent } from './events.ts';
import { readRun } from './read-run.ts';
import { extend, resume } from './resume.ts';
import { verifyRun } from './verify/verify-run.ts';

const longer = toyManifest({ strategy: { use: 'toy-climb', rounds: 8 } });
const settings = ['strategy.rounds=8'];
const lookup = toyLookup();

/** The run that had eight rounds from the beginning. */
let truth: Outcome;

beforeAll(async () => {
  using folder = temporaryFolder();
  await runToys(folder.path, { manifest: longer });
  truth = outcome(toyFolder(folder.path));
});

/** A finished run of five rounds, to be extended. */
async function finished(out: string): Promise<string> {
  await runToys(out);
  return toyFolder(out);
}

const options = (out: string) => ({ lookup, dataFolder: out });

describe('a finished run that is extended', () => {
  it('is the run that was longer from the beginning', async () => {
    using folder = temporaryFolder();
    const root = await finished(folder.path);
    const { status } = await extend(root, { settings, ...options(folder.path) });
    expect(status).toBe('finished');
    expect(outcome(root)).toStrictEqual(truth);
    expect(verifyRun(root).status).toBe('intact');
    expect(readRun(root).lines.find(({ event }) => event === 'extend')?.body).toMatchObject({
      extends: { from: 5, at: 5, to: 8 },
      drift: ['strategy.rounds: 5 → 8'],
    });
  });

  it.each([
    ['extended again', (root: string, out: string) => extend(root, { settings, ...options(out) })],
    ['resumed', (root: string, out: string) => resume(root, options(out))],
  ])('R01 dies at any event, and is the same when it is %s', async (_, goOn) => {
    using folder = temporaryFolder();
    const root = await finished(join(folder.path, 'run'));
    const images: string[] = [];
    const onEvent = (event: RunEvent): void => {
      // Before this, nothing is written: what is resumed is the finished run.
      if (event.type === 'resolved') return;
      images.push(join(folder.path, `image-${images.length}`));
      crashImage(root, images.at(-1) as string);
    };
    const paced = { ...options(folder.path), checkpointEvery: 2, onEvent };
    await extend(root, { settings, ...paced });
    expect(images.length).toBeGreaterThan(10);
    for (const image of images) {
      await goOn(toyFolder(image), image);
      expect(outcome(toyFolder(image)), image).toStrictEqual(truth);
    }
  });

  it('R09 keeps its budget after any number of resumes, and the shorter manifest is refused', async () => {
    using folder = temporaryFolder();
    const root = await finished(folder.path);
    const stop = new AbortController();
    const onEvent = ({ type }: RunEvent): void => {
      if (type === 'step') stop.abort();
    };
    await extend(root, { settings, ...options(folder.path), onEvent, signal: stop.signal });
    expect(existsSync(join(root, 'result.json'))).toBe(false);
    await expect(runToys(folder.path)).rejects.toMatchObject({ code: 'ARCHER_DRIFT' });
    for (let k = 0; k < 3; k++) await resume(root, options(folder.path));
    expect(outcome(root)).toStrictEqual(truth);
    const again = await runToys(folder.path, { manifest: longer });
    expect(again.status).toBe('finished');
  });

  it('is extended a second time', async () => {
    using folder = temporaryFolder();
    const root = await finished(folder.path);
    await extend(root, { settings: ['strategy.rounds=6'], ...options(folder.path) });
    await extend(root, { settings, ...options(folder.path) });
    expect(outcome(root)).toStrictEqual(truth);
  });

  it('goes on where a process died that had taken the result away and written nothing', async () => {
    using folder = temporaryFolder();
    const root = await finished(folder.path);
    rmSync(join(root, 'result.json'));
    rmSync(join(root, 'tables'), { recursive: true });
    await extend(root, { settings, ...options(folder.path) });
    expect(outcome(root)).toStrictEqual(truth);
  });
});

describe('an extension is refused', () => {
  it.each([
    ['nothing changes', 'strategy.rounds=5', 'ARCHER_EXTEND'],
    ['the budget is smaller', 'strategy.rounds=4', 'ARCHER_EXTEND'],
    ['something else changes, too', 'space.bits=9', 'ARCHER_DRIFT'],
  ])('where %s, and the run stays finished', async (_, setting, code) => {
    using folder = temporaryFolder();
    const root = await finished(folder.path);
    const before = outcome(root);
    const asked = extend(root, { settings: [setting], ...options(folder.path) });
    await expect(asked).rejects.toMatchObject({ code });
    expect(outcome(root)).toStrictEqual(before);
    expect((await resume(root, options(folder.path))).status).toBe('finished');
  });

  it('where the run is not finished', async () => {
    using folder = temporaryFolder();
    const stop = new AbortController();
    const onEvent = ({ type }: RunEvent): void => {
      if (type === 'step') stop.abort();
    };
    await runToys(folder.path, { signal: stop.signal, onEvent });
    const asked = extend(toyFolder(folder.path), { settings, ...options(folder.path) });
    await expect(asked).rejects.toMatchObject({ code: 'ARCHER_EXTEND' });
    await resume(toyFolder(folder.path), options(folder.path));
    expect(readRun(toyFolder(folder.path)).result).toBeDefined();
  });
});
