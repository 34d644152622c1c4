import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { definePlugin, type Maker } from '@archer-nas/core';
import { toyOnes } from '@archer-nas/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import {
  crashImage,
  type Outcome,
  outcome,
  runToys,
  toyFolder,
  toyLookup,
} from '../../tools/toy-runs.ts';
import type { RunEvent } from '../events.ts';
import { JournalWriter } from '../journal.ts';

/** The run that nobody interrupted. */
let truth: Outcome;

beforeAll(async () => {
  using folder = temporaryFolder();
  await runToys(folder.path);
  truth = outcome(toyFolder(folder.path));
});

/** Runs the toys and copies the run folder at each event, as if the process died there. */
async function imagesOf(out: string, options = {}): Promise<Map<string, string>> {
  const images = new Map<string, string>();
  const onEvent = (event: RunEvent): void => {
    const folder = toyFolder(join(out, 'run'));
    if (!existsSync(folder)) return;
    const at = `${images.size} ${describeEvent(event)}`;
    const into = join(out, `image-${images.size}`);
    crashImage(folder, into);
    images.set(at, into);
  };
  await runToys(join(out, 'run'), { ...options, onEvent });
  return images;
}

function describeEvent(event: RunEvent): string {
  const place = 'progress' in event ? `${event.job} ${event.progress.done}` : '';
  return `${event.type} ${place}`;
}

describe('R01 a run that dies at any event', () => {
  it.each([
    ['with the checkpoints of questions alone', {}],
    ['with a checkpoint after each step', { checkpointEvery: 1 }],
  ])('ends as if it had not, %s', async (_, options) => {
    using folder = temporaryFolder();
    const images = await imagesOf(folder.path, options);
    expect(images.size).toBeGreaterThan(15);
    for (const [at, image] of images) {
      await runToys(image);
      expect(outcome(toyFolder(image)), at).toStrictEqual(truth);
    }
  });

  it('ends as if it had not when every line was on disk at once', async () => {
    using folder = temporaryFolder();
    // The group commit is what is left out: a kill then finds lines behind the commit point.
    const append = JournalWriter.prototype.append;
    JournalWriter.prototype.append = function (line) {
      const appended = append.call(this, line);
      this.commit();
      return appended;
    };
    try {
      for (const [at, image] of await imagesOf(folder.path, { checkpointEvery: 2 })) {
        await runToys(image);
        expect(outcome(toyFolder(image)), at).toStrictEqual(truth);
      }
    } finally {
      JournalWriter.prototype.append = append;
    }
  });
});

describe('R16 a run that is interrupted again and again', () => {
  it.each([1, 2, 3, 5])('ends as if it had not, at each %i steps', async (steps) => {
    using folder = temporaryFolder();
    let last = '';
    for (let i = 0; i < 40 && last !== 'finished'; i++) {
      const stop = new AbortController();
      let made = 0;
      const { status, exitCode } = await runToys(folder.path, {
        signal: stop.signal,
        onEvent: ({ type }) => {
          if (type === 'step' && ++made === steps) stop.abort();
        },
      });
      last = status;
      expect(exitCode).toBe(status === 'finished' ? 0 : 130);
    }
    expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
  });

  it('makes no step when it is stopped from the beginning', async () => {
    using folder = temporaryFolder();
    const steps: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => void (event.type === 'step' && steps.push(event));
    const { status, exitCode } = await runToys(folder.path, { maxTime: 0, onEvent });
    expect({ status, exitCode, steps }).toStrictEqual({
      status: 'time-up',
      exitCode: 75,
      steps: [],
    });
    await runToys(folder.path);
    expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
  });
});

describe('R02 a run whose step throws', () => {
  it.each([1, 2, 3, 4, 6, 8, 10])('at evaluation %i goes on from its checkpoint', async (k) => {
    using folder = temporaryFolder();
    const lookup = toyLookup(failingOnes(k));
    const failing = runToys(folder.path, { lookup, checkpointEvery: 2 });
    await expect(failing).rejects.toThrow('cosmic ray');
    expect(existsSync(join(toyFolder(folder.path), 'lock'))).toBe(false);
    await runToys(folder.path);
    expect(outcome(toyFolder(folder.path))).toStrictEqual(truth);
  });
});

/** The evaluator of the toys, whose k-th evaluation fails. */
function failingOnes(k: number) {
  let evaluations = 0;
  const maker = toyOnes as unknown as Maker<'evaluator'>;
  return definePlugin({
    ...maker,
    create: async (options, deps) => {
      const evaluator = await maker.create(options as never, deps);
      return {
        ...evaluator,
        start: (...given) => {
          if (++evaluations === k) throw new Error('cosmic ray');
          return evaluator.start(...given);
        },
      };
    },
  });
}
