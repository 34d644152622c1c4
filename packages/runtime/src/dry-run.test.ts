import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
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
  expect(jobs[0]?.seconds).toBeLessThan(5);
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
