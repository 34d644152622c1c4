import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { shuffledOrder } from './shuffle.ts';
import { uniformPaths } from './uniform.ts';

const sites = [0, 1, 2].flatMap((cell) =>
  [0, 1].map((edge) => ({
    name: `cell${cell}.edge${edge}`,
    decision: edge,
    options: ['a', 'b', 'c', 'd', 'e'],
  })),
);

describe('uniform paths', () => {
  const draws = 20_000;
  const sampler = uniformPaths().begin(sites);
  const proposals = sampler.propose(draws, createStreams(1).stream('paths'));
  const paths = (typeof proposals === 'string' ? [] : proposals).map((p) => p.architecture);

  it('take the same option at sites that share a decision', () => {
    for (const path of paths.slice(0, 100)) {
      expect([path[2], path[4]]).toEqual([path[0], path[0]]);
      expect([path[3], path[5]]).toEqual([path[1], path[1]]);
    }
  });

  it('update each of five options with mean n/5 and the binomial deviation', () => {
    // 1,000 updates: mean 200, sd 12.65; this is the same at 20,000, five deviations wide.
    for (let option = 0; option < 5; option++) {
      const count = paths.filter((path) => path[0] === option).length;
      expect(Math.abs(count - draws / 5)).toBeLessThan(5 * Math.sqrt(draws * 0.2 * 0.8));
    }
  });

  it('draw decisions independently of each other', () => {
    const both = paths.filter((path) => path[0] === 3 && path[1] === 3).length;
    expect(Math.abs(both - draws / 25)).toBeLessThan(5 * Math.sqrt((draws * 24) / 25 / 25));
  });

  it('are one per step unless more are asked for', () => {
    expect(uniformPaths().together?.(sites)).toBe(1);
    expect(uniformPaths(5).together?.(sites)).toBe(5);
  });
});

describe('shuffled order', () => {
  it('visits every sample once per epoch, in an order that changes', () => {
    const order = shuffledOrder.begin(100);
    const epochs = [0, 1].map((done) =>
      order.next({ done, total: 2, unit: 'epoch' }, createStreams(1).stream('order', done)),
    );
    for (const { index, weight } of epochs) {
      expect([...index].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
      expect(weight).toBeUndefined();
    }
    expect(epochs[0]?.index).not.toEqual(epochs[1]?.index);
  });
});
