import { type Block, createStreams } from '@archer-nas/core';
import type { Path, Site } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';
import { imbalance, magicT } from './magic-t.ts';

/** Sites of `cells` cells: an edge takes the same operation in all of them. */
const sitesOf = (cells: number, counts: readonly number[] = [5, 5, 5, 5, 5, 5]): Site[] =>
  Array.from({ length: cells }, (_, cell) =>
    counts.map((count, decision) => {
      const options = Array.from({ length: count }, (_, option) => `option${option}`);
      return { name: `cell${cell}.edge${decision}`, decision, options };
    }),
  ).flat();

const streams = createStreams(3);
function walk(sites: readonly Site[], steps: number, changes = 1): Path[] {
  const sampler = magicT({ changes }).begin(sites);
  return Array.from({ length: steps }, (_, step) => {
    const proposals = sampler.propose(1, streams.stream('paths', step));
    return typeof proposals === 'string' ? [] : (proposals[0]?.architecture ?? []);
  });
}

const distance = (a: Path, b: Path): number => a.filter((option, i) => option !== b[i]).length;
const distances = (paths: readonly Path[], lag: number): number[] =>
  paths.slice(lag).map((path, i) => distance(path, paths[i] as Path));

describe('MAGIC-T', () => {
  it('changes exactly one operation from step to step, where uniform paths change 4.8 (C4)', () => {
    const paths = walk(sitesOf(1), 2000);
    expect(new Set(distances(paths, 1))).toEqual(new Set([1]));
    // Far apart, two paths of the walk are as different as uniform ones.
    const far = distances(paths, 400).reduce((sum, d, _, { length }) => sum + d / length, 0);
    expect(Math.abs(far - 4.8)).toBeLessThan(0.25);
  });

  it('goes to each of the 24 neighbours equally often', () => {
    const counts = new Map<string, number>();
    const sampler = () => magicT({ changes: 1 });
    const at = Array(6).fill(2);
    const draws = 4800;
    for (let draw = 0; draw < draws; draw++) {
      const saved = { proposed: 0, at, visits: at.map(() => [0, 0, 0, 0, 0]) };
      const proposals = sampler().begin(sitesOf(1), saved).propose(1, streams.stream('one', draw));
      const key = typeof proposals === 'string' ? '' : `${proposals[0]?.architecture}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // 200 each, sd 13.8; five deviations.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(70);
  });

  it('changes as many decisions as it is told, and none that has no choice', () => {
    expect(new Set(distances(walk(sitesOf(1), 300, 3), 1))).toEqual(new Set([3]));
    const paths = walk(sitesOf(1, [1, 2, 1]), 50);
    expect(new Set(paths.map((path) => `${path[0]}${path[2]}`))).toEqual(new Set(['00']));
    expect(new Set(distances(paths, 1))).toEqual(new Set([1]));
  });

  it('changes the sites of a decision together', () => {
    expect(new Set(distances(walk(sitesOf(3), 100), 1))).toEqual(new Set([3]));
  });

  it('reports how far its visits are from uniform', () => {
    expect(imbalance([[4, 4, 4, 4]])).toBe(0);
    expect(
      imbalance([
        [1, 1],
        [4, 0],
      ]),
    ).toBe(0.5);
    const sampler = magicT({ changes: 1 }).begin(sitesOf(1));
    sampler.propose(1, streams.stream('paths'));
    const report = sampler.advance?.({ done: 1, total: 2, unit: 'epoch' });
    expect(report?.metrics?.['visit-imbalance']).toBeCloseTo(0.8, 12);
  });
});

describe('strategy: { use: magic }', () => {
  const [strategy] = plugins;
  const expand = (options: object): Block => {
    if (!strategy || !('preset' in strategy)) throw new Error('magic is no preset');
    return strategy.preset(strategy.options.parse(options) as never);
  };

  it('is one-shot training along a walk, and a search unless there is none', () => {
    const training = { paths: { use: 'magic-t', changes: 1 }, order: { use: 'shuffle' } };
    const search = { use: 'evolution' };
    expect(expand({ epochs: 3 })).toEqual({ use: 'one-shot', epochs: 3, ...training, search });
    expect(expand({ search: null })).toEqual({ use: 'one-shot', ...training });
    const gradient = { use: 'aligned', lambda: 1, distance: 'relative', images: 512 };
    const aligned = expand({ search: null, align: { lambda: 1 } });
    expect(aligned).toEqual({ use: 'one-shot', ...training, gradient });
  });
});
