import { describe, expect, it } from 'vitest';
import type { Site } from './network.ts';
import { decisionSites, sitesByNode, tiedSites } from './paths.ts';

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
