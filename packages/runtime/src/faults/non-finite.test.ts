import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalLine, Manifest } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import {
  crashImage,
  type Outcome,
  outcome,
  runToys,
  toyFolder,
  toyLookup,
  toyManifest,
} from '../../tools/toy-runs.ts';
import { toyWalk } from '../../tools/toy-walk.mjs';
import type { RunEvent } from '../events.ts';
import { isRetry } from '../journal-reader.ts';
import { readRun } from '../read-run.ts';
import type { RunOptions } from '../run.ts';

const lookup = toyLookup(toyWalk);

/** A walk of 12 rounds that breaks down in a quarter of them, and is asked every five. */
function walking(nonFinite: Manifest['nonFinite'], walk: object = {}): Partial<RunOptions> {
  const strategy = { use: 'toy-walk', breaks: 0.25, ...walk };
  const study = [{ use: 'toy-count', every: 5, steps: 2 }];
  return { lookup, manifest: toyManifest({ strategy, study, nonFinite }) };
}

async function endOf(options: Partial<RunOptions>): Promise<Outcome> {
  using folder = temporaryFolder();
  await runToys(folder.path, options);
  return outcome(toyFolder(folder.path));
}

const retriesOf = ({ science }: Outcome) =>
  science.filter(isRetry).map(({ event, at, body }) => ({ event, at, ...(body as object) }));

/** The search's progress after each step that counts. */
const stepsOf = (science: readonly JournalLine[]) =>
  science.filter(({ job, event }) => job === 'search' && event === 'step').map(({ at }) => at);

const EACH = Array.from({ length: 12 }, (_, i) => i + 1);
const skip = walking({ policy: 'skip', limit: 5 });
const rollback = walking({ policy: 'rollback', limit: 50, every: 3 });

describe('R33 a run whose loss becomes NaN and whose policy is to fail', () => {
  it.each([undefined, 'fail'] as const)(
    'stops, names step and metric, and stays (%s)',
    async (policy) => {
      using folder = temporaryFolder();
      const options = walking(policy, { breaks: 0, always: [7] });
      const failing = () => runToys(folder.path, { ...options, checkpointEvery: 3 });
      const expected = {
        code: 'ARCHER_NON_FINITE',
        exit: 1,
        message: 'Seed 0, search: loss is NaN in the step after 7 of 12.',
        hint: expect.stringMatching(
          /^The checkpoint at 5 rounds stands\..*--set nonFinite=rollback/,
        ),
      };
      await expect(failing()).rejects.toMatchObject(expected);
      const before = readdirSync(join(toyFolder(folder.path), 'checkpoints'));
      await expect(failing()).rejects.toMatchObject(expected);
      expect(readdirSync(join(toyFolder(folder.path), 'checkpoints'))).toStrictEqual(before);
      const { status, lines } = readRun(toyFolder(folder.path));
      expect(status).toBe('unfinished');
      expect(stepsOf(lines.filter(({ kind }) => kind === 'science'))).toStrictEqual(
        EACH.slice(0, 7),
      );
    },
  );

  it('goes on with another policy where that drift is accepted', async () => {
    using folder = temporaryFolder();
    await expect(runToys(folder.path, walking(undefined))).rejects.toThrow('loss is NaN');
    await expect(runToys(folder.path, skip)).rejects.toMatchObject({ code: 'ARCHER_DRIFT' });
    const { status } = await runToys(folder.path, { ...skip, acceptDrift: true });
    expect(status).toBe('finished');
  });
});

describe('R33 which numbers break a search down', () => {
  it.each([
    ['NaN', 'loss', true],
    ['Infinity', 'loss', true],
    ['-Infinity', 'train-loss', true],
    ['NaN', 'score', true],
    ['-Infinity', 'score', false],
  ])('%s as %s: %j', async (value, metric, isBad) => {
    using folder = temporaryFolder();
    const options = walking('fail', { breaks: 0, always: [11], value, metric });
    const running = runToys(folder.path, options);
    if (isBad) await expect(running).rejects.toThrow(`${metric} is ${value}`);
    else await expect(running).resolves.toMatchObject({ status: 'finished' });
  });
});

describe('R33 a run that skips steps that give NaN', () => {
  it('takes them again with other random numbers, and leaves no trace of NaN', async () => {
    const end = await endOf(skip);
    expect(retriesOf(end).length).toBeGreaterThan(1);
    expect(retriesOf(end)[0]).toStrictEqual({
      event: 'skip',
      at: 1,
      metric: 'loss',
      value: Number.NaN,
      attempt: 1,
    });
    expect(stepsOf(end.science)).toStrictEqual(EACH);
    const ofSearch = end.science.filter((line) => line.job === 'search' && !isRetry(line));
    expect(ofSearch.length).toBeGreaterThan(12);
    for (const { body } of ofSearch) {
      for (const value of Object.values((body as { metrics: object }).metrics)) {
        expect(value).toSatisfy(Number.isFinite);
      }
    }
  });

  it('fails when one step fails too often', async () => {
    using folder = temporaryFolder();
    const options = walking('skip', { breaks: 0, always: [4] });
    await expect(runToys(folder.path, options)).rejects.toMatchObject({
      code: 'ARCHER_NON_FINITE',
      message: expect.stringMatching(/after 4 of 12\. 3 attempts/),
    });
  });
});

describe('R33 a run that rolls back', () => {
  it('goes on from the last anchor, and forgets what followed it', async () => {
    const end = await endOf(rollback);
    const retries = retriesOf(end) as unknown as { at: number; to: number; attempt: number }[];
    expect(retries.length).toBeGreaterThan(1);
    expect(retries.map(({ attempt }) => attempt)).toStrictEqual(retries.map((_, i) => i + 1));
    for (const { at, to } of retries) expect(to).toBe(Math.floor(at / 3) * 3);
    expect(stepsOf(end.science)).toStrictEqual(EACH);
    const asked = end.science.filter(({ event, job }) => event === 'result' && job !== 'search');
    expect(asked).toHaveLength(3);
  });

  it('fails when that happens too often', async () => {
    using folder = temporaryFolder();
    const options = walking({ policy: 'rollback', limit: 2 }, { breaks: 0, always: [4] });
    await expect(runToys(folder.path, options)).rejects.toMatchObject({
      code: 'ARCHER_NON_FINITE',
      message: expect.stringMatching(/after 4 of 12\. 2 attempts/),
    });
  });
});

describe.each([
  ['skips', skip],
  ['rolls back', rollback],
])('R33 a run that %s and dies', (_, options) => {
  it.each([
    ['with the checkpoints of questions alone', {}],
    ['with a checkpoint after each step', { checkpointEvery: 1 }],
    ['with a checkpoint after every second', { checkpointEvery: 2 }],
  ])('decides the same again, %s', async (_, pace) => {
    using folder = temporaryFolder();
    const truth = await endOf(options);
    const images: string[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'resolved') return;
      const into = join(folder.path, `image-${images.length}`);
      crashImage(toyFolder(join(folder.path, 'run')), into);
      images.push(into);
    };
    await runToys(join(folder.path, 'run'), { ...options, ...pace, onEvent });
    expect(outcome(toyFolder(join(folder.path, 'run')))).toStrictEqual(truth);
    expect(images.length).toBeGreaterThan(25);
    for (const [at, image] of images.entries()) {
      await runToys(image, options);
      expect(outcome(toyFolder(image)), `image ${at}`).toStrictEqual(truth);
    }
  });
});
