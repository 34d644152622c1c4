import { type Block, createStreams } from '@archer-nas/core';
import { type BilevelStep, meanEntropy, type Site } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';
import { rsps } from './rsps.ts';

/** `cells` cells with one site per decision each. */
const sitesOf = (cells: number, ...counts: number[]): Site[] =>
  Array.from({ length: cells }, (_, cell) =>
    counts.map((n, decision) => {
      const options = Array.from({ length: n }, (_, option) => `option${option}`);
      return { name: `cell${cell}.edge${decision}`, decision, options, node: `${cell}`, zero: 0 };
    }),
  ).flat();

const streams = createStreams(6);
const stepAt = (step: number) => ({ step, streams }) as unknown as BilevelStep;
const drawing = (per: 'network' | 'cell', sites: readonly Site[]) => {
  const relaxation = rsps({ per }).begin(sites, streams);
  return (step: number) => relaxation.weightMixture(stepAt(step));
};

describe('rsps', () => {
  it('R39 trains uniform architectures, those of zeros alone included', () => {
    const draw = drawing('network', sitesOf(2, 3, 3));
    const counts = new Map<string, number>();
    for (let step = 0; step < 1800; step++) {
      const mixture = draw(step);
      for (const row of mixture) expect(row).toEqual({ support: [row.support[0]] });
      const path = mixture.map(({ support }) => support[0]).join('');
      counts.set(path, (counts.get(path) ?? 0) + 1);
    }
    expect(counts.size).toBe(9);
    // 200 each; four standard deviations are 53.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(53);
  });

  it('has one of 100 in the best 1 % with probability .634 (check of section 8)', () => {
    const draw = drawing('network', sitesOf(1, 10, 10));
    let successes = 0;
    const searches = 400;
    for (let search = 0; search < searches; search++) {
      const found = Array.from({ length: 100 }, (_, at) => draw(100 * search + at));
      if (found.some((row) => row.every(({ support }) => support[0] === 7))) successes += 1;
    }
    // 1 − .99¹⁰⁰; three standard deviations of 400 searches are .072.
    expect(Math.abs(successes / searches - 0.634)).toBeLessThan(0.072);
  });

  it('draws once for all cells, or once for each', () => {
    const of = (per: 'network' | 'cell') =>
      Array.from({ length: 20 }, (_, step) => drawing(per, sitesOf(3, 5, 5))(step));
    for (const mixture of of('network'))
      for (const { apart } of mixture) expect(apart).toBe(undefined);
    const apart = of('cell').flatMap((mixture) => mixture.map((row) => new Set(row.apart).size));
    expect(Math.max(...apart)).toBe(3);
  });

  it('learns nothing: entropy ln 5 = 1.6094 (check of section 11), no state, no valid images', () => {
    const recipe = rsps({ per: 'network' });
    const relaxation = recipe.begin(sitesOf(1, 5, 5, 5), streams);
    expect(meanEntropy(relaxation.probabilities)).toBeCloseTo(1.6094, 4);
    expect(relaxation.state).toBe(null);
    expect(relaxation.update).toBe(undefined);
    expect(relaxation.observe).toBe(undefined);
    expect(recipe.trainOnly).toBe(true);
  });
});

describe('strategy: { use: rsps }', () => {
  const [strategy] = plugins;
  const expand = (options: object): Block => {
    if (!strategy || !('preset' in strategy)) throw new Error('rsps is no preset');
    return strategy.preset(strategy.options.parse(options) as never);
  };

  it('selects the best of 100 random architectures, or as its paper does', () => {
    expect(expand({})).toMatchObject({ use: 'bilevel', selection: { architectures: 100 } });
    const paper = { architectures: 1000, batches: 10, finalists: 10 };
    expect(expand({ selection: paper })).toMatchObject({ selection: paper });
  });
});
