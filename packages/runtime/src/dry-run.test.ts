import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { definePlugin, type Job } from '@archer-nas/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../tools/temporary-folder.ts';
import { toyLookup, toyManifest } from '../tools/toy-runs.ts';
import { dryRun } from './dry-run.ts';

it('estimates each job and writes nothing', async () => {
  using folder = temporaryFolder();
  const manifest = toyManifest({
    seeds: [0, 1],
    strategy: { use: 'toy-climb', rounds: 50, stepMs: 10 },
  });
  const out = join(folder.path, 'results');
  const { jobs, seconds, diskBytes } = await dryRun({
    manifest,
    lookup: toyLookup(),
    out,
    dataFolder: join(folder.path, 'data'),
  });
  expect(readdirSync(folder.path)).toStrictEqual([]);
  expect(jobs.map(({ job, progress }) => [job, progress.total])).toStrictEqual([
    ['search', 50],
    ['study toy-count', 2],
    ['study toy-count', 3],
  ]);
  // A step takes 10 ms and a little.
  expect(jobs[0]?.seconds).toBeGreaterThan(0.45);
  expect(jobs[0]?.seconds).toBeLessThan(20);
  // The first study is asked 25 times, two steps each.
  expect(jobs[1]?.seconds).toBeCloseTo((jobs[1]?.secondsPerStep ?? 0) * 50, 12);
  expect(seconds).toBeGreaterThanOrEqual(2 * (jobs[0]?.seconds ?? 0));
  expect(diskBytes).toBeGreaterThan(2 * 50 * 8);
});

it('abandons a step that takes too long, and gives a lower bound', async () => {
  using folder = temporaryFolder();
  const { jobs } = await dryRun({
    manifest: toyManifest({
      strategy: { use: 'toy-climb', rounds: 10, stepMs: 60_000 },
      study: [],
    }),
    lookup: toyLookup(),
    out: folder.path,
    dataFolder: folder.path,
    probeMs: 50,
  });
  expect(jobs[0]).toMatchObject({ job: 'search', atLeast: true, secondsPerStep: 0.05 });
  expect(jobs[0]?.seconds).toBeCloseTo(0.5, 12);
});

/** Work of `length` units in steps of `perStep`, each unit of which takes so long on the clock. */
function work(clock: { ms: number }, msPerUnit: number, length: number, perStep = 1): Job {
  let done = 0;
  return {
    state: null,
    get progress() {
      return { done, total: length, unit: 'step' } as const;
    },
    async step() {
      clock.ms += msPerUnit * Math.min(perStep, length - done);
      done = Math.min(length, done + perStep);
      return {};
    },
  };
}

it('estimates phases apart, search and studies too, from the clock', async () => {
  using folder = temporaryFolder();
  const clock = { ms: 0 };
  /** Trainings of 300 steps of 2 s and then 1,000 scores of 100 ms, four at a time. */
  const phased = definePlugin({
    id: 'phased',
    kind: 'study',
    summary: 'A study of two kinds of work, for tests.',
    options: z.strictObject({}),
    create: () => ({
      when: 'after',
      begin: async () => ({
        ...work(clock, 2000, 1300),
        phases: [
          { name: 'truth', sample: async () => ({ job: work(clock, 2000, 50), times: 6 }) },
          { name: 'scores', sample: async () => ({ job: work(clock, 100, 4, 4), times: 250 }) },
        ],
      }),
    }),
  });
  const { jobs, searchSeconds, studySeconds, seconds } = await dryRun({
    manifest: toyManifest({
      seeds: [0, 1],
      strategy: { use: 'toy-climb', rounds: 5 },
      study: [{ use: 'phased' }],
    }),
    lookup: toyLookup(phased),
    out: folder.path,
    dataFolder: folder.path,
    now: () => clock.ms,
  });
  expect(jobs.slice(1)).toMatchObject([
    { job: 'study phased: truth', progress: { total: 300 }, secondsPerStep: 2, seconds: 600 },
    { job: 'study phased: scores', progress: { total: 1000 }, secondsPerStep: 0.1, seconds: 100 },
  ]);
  expect(searchSeconds).toBe(0);
  expect(studySeconds).toBe(700);
  expect(seconds).toBe(1400);
});

it('leaves the first step out, which warms up, and goes on while steps are short', async () => {
  using folder = temporaryFolder();
  const clock = { ms: 0 };
  let first = true;
  const warming = definePlugin({
    id: 'warming',
    kind: 'study',
    summary: 'A study whose first step is slow and whose last is slower, for tests.',
    options: z.strictObject({}),
    create: () => ({
      when: 'after',
      begin: async () => {
        const job = work(clock, 10, 21);
        return {
          state: null,
          get progress() {
            return job.progress;
          },
          async step(signal: AbortSignal) {
            if (first) clock.ms += 500;
            first = false;
            if (job.progress.done === 20) clock.ms += 200;
            return job.step(signal);
          },
        };
      },
    }),
  });
  const { jobs } = await dryRun({
    manifest: toyManifest({
      strategy: { use: 'toy-climb', rounds: 5 },
      study: [{ use: 'warming' }],
    }),
    lookup: toyLookup(warming),
    out: folder.path,
    dataFolder: folder.path,
    now: () => clock.ms,
  });
  // 20 steps after the first: 200 ms, and 200 ms more in the last.
  expect(jobs[1]?.secondsPerStep).toBeCloseTo(0.02, 12);
});
