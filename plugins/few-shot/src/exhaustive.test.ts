import { type Block, createStreams } from '@archer-nas/core';
import type { Site, SplitContext } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { exhaustive } from './exhaustive.ts';
import plugins from './index.ts';

/** Sites of two cells of NAS-Bench-201: an edge takes the same operation in both. */
const sitesOf = (counts: readonly number[]): Site[] =>
  [0, 1].flatMap((cell) =>
    counts.map((count, decision) => {
      const options = Array.from({ length: count }, (_, option) => `option${option}`);
      return { name: `cell${cell}.edge${decision}`, decision, options };
    }),
  );
const SITES = sitesOf([5, 5, 5, 5, 5, 5]);

const context = (sites: readonly Site[], before: readonly number[] = []): SplitContext => ({
  ...{ sites, before, parameters: [], streams: createStreams(0) },
  gradients: () => expect.fail('an exhaustive split looks at no gradients'),
});

const few = (decisions: readonly number[], epochs: readonly number[]) =>
  exhaustive({ decisions, epochs, inherits: 'weights' });

describe('an exhaustive split', () => {
  it('gives every cell to one of five supernets, 3,125 to each (check C5)', () => {
    const { decision, groups } = few([0], [300]).begin(context(SITES)).split();
    const cells = Array.from({ length: 15_625 }, (_, code) =>
      Array.from({ length: 6 }, (__, edge) => Math.floor(code / 5 ** (5 - edge)) % 5),
    );
    const owners = cells.map((cell) => {
      return groups.flatMap((own, at) => (own.includes(cell[decision] ?? -1) ? [at] : []));
    });
    expect(owners.every(({ length }) => length === 1)).toBe(true);
    const sizes = groups.map((_, at) => owners.filter(([owner]) => owner === at).length);
    expect(sizes).toEqual([3125, 3125, 3125, 3125, 3125]);
  });

  it('leaves one operation on the edge in each supernet, where SPOS has one supernet of all', () => {
    expect(few([0], [300]).plan(SITES)).toEqual([
      { into: 5, steps: 0, epochs: 300, inherits: 'weights' },
    ]);
    const { groups } = few([0], [300]).begin(context(SITES)).split();
    expect(groups).toEqual([[0], [1], [2], [3], [4]]);
  });

  it('goes on with the next decision in what a split has left', () => {
    const recipe = few([4, 1], [30, 20]);
    const sites = sitesOf([2, 3, 4, 5, 5]);
    expect(recipe.plan(sites).map(({ into, epochs }) => [into, epochs])).toEqual([
      [5, 30],
      [3, 20],
    ]);
    const { decision, groups } = recipe.begin(context(sitesOf([2, 3, 4, 5, 1]), [4])).split();
    expect(decision).toBe(1);
    expect(groups).toEqual([[0], [1], [2]]);
  });

  it('refuses decisions without a choice, twice the same, or without epochs', () => {
    expect(() => few([0], [1]).plan(sitesOf([1, 5]))).toThrow(/decisions \[0\].*have \[1,5\]/);
    expect(() => few([7], [1]).plan(SITES)).toThrow(/decisions \[7\]/);
    expect(() => few([1, 1], [1, 1]).plan(SITES)).toThrow(/distinct|decisions \[1,1\]/);
    expect(() => few([0, 1], [1]).plan(SITES)).toThrow(/\[1\] epochs/);
  });
});

describe('strategy: { use: few-shot }', () => {
  const expand = (options: object): Block => {
    const [strategy] = plugins;
    if (!strategy || !('preset' in strategy)) throw new Error('few-shot is no preset');
    return strategy.preset(strategy.options.parse(options) as never);
  };

  it('is one-shot training with the settings of the released code, and a split', () => {
    expect(expand({})).toEqual({
      use: 'one-shot',
      ...{ epochs: 600, lr: 0.025, minLr: 0.001, momentum: 0.9, nesterov: true },
      ...{ weightDecay: 1e-4, clip: null },
      ...{ paths: { use: 'uniform' }, order: { use: 'shuffle' } },
      split: { use: 'exhaustive' },
      search: { use: 'evolution' },
    });
  });

  it('takes other splits and other paths, and can end with the training', () => {
    const split = { use: 'gradient-matching', epochs: [20, 50] };
    const block = expand({ split, paths: { use: 'fair' }, search: null });
    expect(block).toMatchObject({ split, paths: { use: 'fair' } });
    expect(block).not.toHaveProperty('search');
  });
});
