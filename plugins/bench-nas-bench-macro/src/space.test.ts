import { choiceSpace } from '@archer-nas/core';
import { describeChecks, spaceChecks } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';

import { canonicalChain, chainSpec, parseChain } from './chain.ts';
import { COSTS } from './costs.ts';

const space = choiceSpace(chainSpec(COSTS));

describeChecks(
  'a sub-space',
  spaceChecks(async () => ({
    space: space.restrict([undefined, [1, 2], [0], ...Array(5).fill(undefined)]),
  })),
);

describe('canonical', () => {
  const canonical = (text: string) => canonicalChain(parseChain(text));

  it('moves identities behind the blocks of their stage', () => {
    expect(canonical('00001001')).toBe('00010010');
    expect(canonical('01202102')).toBe('01220120');
  });

  it('leaves the first layer of a stage, whose identity changes the shape', () => {
    expect(canonical('01010000')).toBe('01010000');
    expect(canonical('00000000')).toBe('00000000');
  });

  it('has 3,969 classes, which keep the costs', () => {
    const costs = new Map<string, string>();
    for (const chain of space.all()) {
      const name = canonicalChain(chain);
      const cost = JSON.stringify(COSTS.of(chain));
      expect(costs.get(name) ?? cost).toBe(cost);
      costs.set(name, cost);
    }
    // Three choices for layers 1 and 2; stages of three have 3 · (9 - 2) each.
    expect(costs.size).toBe(9 * 21 * 21);
  });
});
