import { type Block, createStreams } from '@archer-nas/core';
import type { Path, Site } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { fairPaths } from './fair.ts';
import plugins from './index.ts';

const M = 5;
const EDGES = 6;

/** Sites of `cells` cells of NAS-Bench-201: an edge takes the same operation in all of them. */
const sitesOf = (cells: number, counts: readonly number[] = Array(EDGES).fill(M)): Site[] =>
  Array.from({ length: cells }, (_, cell) =>
    counts.map((count, decision) => {
      const options = Array.from({ length: count }, (_, option) => `option${option}`);
      return { name: `cell${cell}.edge${decision}`, decision, options };
    }),
  ).flat();

/** The paths of the first `steps` steps. */
function stepsOf(sites: readonly Site[], steps: number, seed = 1): Path[][] {
  const sampler = fairPaths.begin(sites);
  const streams = createStreams(seed);
  const together = fairPaths.together?.(sites) ?? 1;
  return Array.from({ length: steps }, (_, step) => {
    const proposals = sampler.propose(together, streams.stream('paths', step));
    return typeof proposals === 'string' ? [] : proposals.map((one) => one.architecture);
  });
}

/** How often each option of each site is in the paths. */
function countsOf(sites: readonly Site[], paths: readonly Path[]): number[][] {
  return sites.map(({ options }, site) =>
    options.map((_, option) => paths.filter((path) => path[site] === option).length),
  );
}

describe('strict fairness', () => {
  it('covers all five operations of every edge with the five paths of a step (check C6)', () => {
    for (const paths of stepsOf(sitesOf(1), 200)) {
      expect(paths).toHaveLength(M);
      for (let edge = 0; edge < EDGES; edge++) {
        expect(paths.map((path) => path[edge]).sort()).toEqual([0, 1, 2, 3, 4]);
      }
    }
  });

  it('updates every option exactly n times in n steps (check C5)', () => {
    const sites = sitesOf(1);
    const n = 200;
    expect(countsOf(sites, stepsOf(sites, n).flat())).toEqual(sites.map(() => Array(M).fill(n)));
  });

  it('draws each of the (m!)^L ordered sets of paths with the same probability (check C6)', () => {
    // Three options on two edges: 36 sets. 7,200 draws: 200 each, sd 13.9; five deviations.
    const seen = new Map<string, number>();
    for (const paths of stepsOf(sitesOf(1, [3, 3]), 7200)) {
      const key = paths.map((path) => path.join('')).join(' ');
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    expect(seen.size).toBe(36);
    for (const count of seen.values()) expect(Math.abs(count - 200)).toBeLessThan(70);
  });

  it('has (5!)⁶ ordered sets of paths on NAS-Bench-201, (5!)⁵ without their order (check C6)', () => {
    // All 120 orders of every edge turn up; each of the 5! orders of the paths is the same set.
    const steps = stepsOf(sitesOf(1), 2000);
    const orders = Array.from({ length: EDGES }, (_, edge) => {
      return new Set(steps.map((paths) => paths.map((path) => path[edge]).join(''))).size;
    });
    const ordered = orders.reduce((product, count) => product * count, 1);
    expect(ordered).toBe(2_985_984_000_000);
    expect(ordered / 120).toBe(24_883_200_000);
  });

  it('gives new paths in every step, unlike a baseline that keeps those of its first', () => {
    const sets = stepsOf(sitesOf(1), 50).map((paths) => JSON.stringify(paths));
    expect(new Set(sets).size).toBe(50);
  });

  it('takes the same option at sites that share a decision', () => {
    for (const path of stepsOf(sitesOf(3), 20).flat()) {
      expect(path.slice(EDGES)).toEqual([...path.slice(0, EDGES), ...path.slice(0, EDGES)]);
    }
  });

  it('keeps the counts of unequal decisions within one of each other at any time', () => {
    const sites = sitesOf(1, [5, 2, 3]);
    const paths = stepsOf(sites, 40).flat();
    expect(paths).toHaveLength(200);
    for (let n = 1; n <= paths.length; n++) {
      for (const counts of countsOf(sites, paths.slice(0, n))) {
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('goes on with the options that are left when resumed in the middle of a set', () => {
    const sites = sitesOf(1);
    const streams = createStreams(4);
    const take = (sampler: ReturnType<typeof fairPaths.begin>, n: number, at: number) => {
      const proposals = sampler.propose(n, streams.stream('paths', at));
      return typeof proposals === 'string' ? [] : proposals.map((one) => one.architecture);
    };
    const first = fairPaths.begin(sites);
    const begun = take(first, 2, 0);
    const rest = take(fairPaths.begin(sites, first.state), 3, 1);
    expect(countsOf(sites, [...begun, ...rest])).toEqual(sites.map(() => Array(M).fill(1)));
  });
});

describe('strategy: { use: fairnas }', () => {
  const expand = (options: object): Block => {
    const [strategy] = plugins;
    if (!strategy || !('preset' in strategy)) throw new Error('fairnas is no preset');
    return strategy.preset(strategy.options.parse(options) as never);
  };

  it('is one-shot training of fair paths whose gradients are summed and clipped', () => {
    expect(expand({})).toEqual({
      use: 'one-shot',
      epochs: 250,
      lr: 0.05,
      momentum: 0.9,
      weightDecay: 2.5e-4,
      clip: 5,
      accumulate: 'sum',
      paths: { use: 'fair' },
      order: { use: 'shuffle' },
      search: { use: 'evolution' },
    });
  });

  it('can end with the training, take the mean and pass other options on', () => {
    const block = expand({ search: null, accumulate: 'mean', unsampled: 'decay' });
    expect(block).not.toHaveProperty('search');
    expect(block).toMatchObject({ accumulate: 'mean', unsampled: 'decay' });
  });
});
