import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import type { Site } from './network.ts';
import { decisionSites, sitesByNode, thinned, tiedSites } from './paths.ts';

const site = (name: string, decision: number, node?: string): Site => {
  return { name, decision, options: ['a', 'b'], ...(node === undefined ? {} : { node }) };
};

/** Two cells of two edges into one node, the second cell's decisions in another order. */
const sites = [site('a', 1, 'x'), site('b', 0, 'x'), site('c', 0, 'y'), site('d', 1, 'y')];

describe('the sites of a network', () => {
  it('are tied by decision', () => {
    expect(tiedSites(sites)).toEqual([
      [0, 3],
      [1, 2],
    ]);
  });

  it('feed nodes; one whose node is not known stands alone', () => {
    expect(sitesByNode(sites)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(sitesByNode([site('a', 0), site('b', 1), site('c', 2, 'x')])).toEqual([[0], [1], [2]]);
  });

  it('stand for their decisions, in the order of these', () => {
    expect(decisionSites(sites).map(({ name }) => name)).toEqual(['b', 'a']);
  });
});

describe('a path with some sites of each node', () => {
  const options = ['none', 'conv'];
  const edge = (name: string, decision: number, node: string): Site => {
    return { name, decision, options, node, zero: 0 };
  };
  /** Two tied cells: node x of three edges, node y of two. */
  const cells = ['c', 'd'].flatMap((cell) =>
    [0, 1, 2, 3, 4].map((at) => edge(`${cell}${at}`, at, `${cell}.${at < 3 ? 'x' : 'y'}`)),
  );
  const draw = (path: readonly number[], n: number) =>
    thinned(cells, [...path, ...path], { perNode: 2, stream: createStreams(n).stream('thin') });

  it('has so many, tied sites alike, each equally often', () => {
    const left = [0, 0, 0];
    for (let n = 0; n < 300; n++) {
      const thin = draw([1, 1, 1, 1, 1], n);
      expect(thin.slice(5)).toEqual(thin.slice(0, 5));
      expect(thin.slice(3, 5)).toEqual([1, 1]); // no more than two
      expect(thin.slice(0, 3).toSorted()).toEqual([-1, 1, 1]);
      const out = thin.indexOf(-1);
      left[out] = (left[out] as number) + 1;
    }
    for (const count of left) expect(Math.abs(count - 100)).toBeLessThan(35); // 4 deviations
  });

  it('does not count what gives zeros: the path of an architecture stays as it is', () => {
    for (let n = 0; n < 20; n++) {
      expect(draw([1, 0, 1, 0, 0], n).slice(0, 5)).toEqual([1, 0, 1, 0, 0]);
      expect(draw([1, -1, 1, 1, -1], n).slice(0, 5)).toEqual([1, -1, 1, 1, -1]);
    }
  });
});
