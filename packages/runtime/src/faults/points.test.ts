import { definePlugin, type Maker } from '@archer-nas/core';
import { toyClimb, toyOnes } from '@archer-nas/testkit';
import {
  Crash,
  dieAt,
  interceptFiles,
  RUN_POINTS,
  type RunPoint,
} from '@archer-nas/testkit/faults';
import { beforeAll, describe, expect, it } from 'vitest';
import { ownerDied } from '../../tools/dead-lock.ts';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { type Outcome, outcome, runToys, toyFolder, toyLookup } from '../../tools/toy-runs.ts';

const OPTIONS = { checkpointEvery: 2 };

let truth: Outcome;

beforeAll(async () => {
  using folder = temporaryFolder();
  await runToys(folder.path, OPTIONS);
  truth = outcome(toyFolder(folder.path));
});

/** Dies at the nth arrival at a point, and goes on. @returns whether it came there */
async function diedAt(point: RunPoint, nth: number): Promise<boolean> {
  using folder = temporaryFolder();
  const root = toyFolder(folder.path);
  let died = false;
  {
    using _ = interceptFiles(folder.path, dieAt(point, nth));
    await runToys(folder.path, OPTIONS).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
      died = true;
    });
  }
  // The lock's removal is the one thing that a run does not hear of.
  if (!died && point !== 'run ended') return false;
  ownerDied(root);
  await runToys(folder.path, OPTIONS);
  expect(outcome(root), `${point}, arrival ${nth}`).toStrictEqual(truth);
  return died;
}

describe('R02 R05 a run that dies at the point', () => {
  it.each(Object.keys(RUN_POINTS) as RunPoint[])(
    '"%s", whenever it comes there, ends as if it had not',
    async (point) => {
      let arrivals = 0;
      while (arrivals < 30 && (await diedAt(point, arrivals + 1))) arrivals++;
      if (point !== 'run ended') expect(arrivals).toBeGreaterThan(0);
    },
    60_000,
  );
});

/** Is told where a plugin is. */
type Watch = (point: string) => void;

/** The toys' strategy and evaluator, which tell where they are. */
function watchedToys(watch: Watch) {
  const climb = toyClimb as unknown as Maker<'strategy'>;
  const ones = toyOnes as unknown as Maker<'evaluator'>;
  const strategy = definePlugin({
    ...climb,
    create: async (options, deps) => {
      const made = await climb.create(options as never, deps);
      return {
        begin: async (...given) => {
          watch('before begin');
          const search = await made.begin(...given);
          const step = search.step.bind(search);
          const result = search.result.bind(search);
          search.step = async (signal) => {
            watch('before step');
            const report = await step(signal);
            watch('after step');
            return report;
          };
          search.result = async () => {
            watch('before result');
            return result();
          };
          return search;
        },
      };
    },
  });
  const evaluator = definePlugin({
    ...ones,
    create: async (options, deps) => {
      const made = await ones.create(options as never, deps);
      return {
        ...made,
        start: (...given) => {
          watch('before evaluation');
          const job = made.start(...given);
          watch('after evaluation');
          return job;
        },
      };
    },
  });
  return toyLookup(strategy, evaluator);
}

describe('R02 a run whose plugin throws', () => {
  it.each([
    'before begin',
    'before step',
    'after step',
    'before evaluation',
    'after evaluation',
    'before result',
  ])('%s, whenever that is, ends as if it had not', async (point) => {
    let arrivals = 0;
    for (let nth = 1; ; nth++) {
      using folder = temporaryFolder();
      let seen = 0;
      const lookup = watchedToys((at) => {
        if (at === point && ++seen === nth) throw new Error('cosmic ray');
      });
      const failed = await runToys(folder.path, { ...OPTIONS, lookup }).then(
        () => false,
        (error: Error) => error.message === 'cosmic ray',
      );
      if (!failed) break;
      arrivals++;
      await runToys(folder.path, OPTIONS);
      expect(outcome(toyFolder(folder.path)), `arrival ${nth}`).toStrictEqual(truth);
    }
    expect(arrivals).toBeGreaterThan(0);
  });
});
