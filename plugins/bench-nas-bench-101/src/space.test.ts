import { createStreams } from '@archer-nas/core';
import { describeChecks, spaceChecks } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';

import { EDGE_SLOTS } from './cell.ts';
import { countMatrices, nasBench101, VALID_MATRICES, withVertices } from './space.ts';

const space = nasBench101();

describeChecks(
  'a sub-space',
  spaceChecks(async () => ({ space: space.restrict(withVertices(5)) })),
);

describe('the space', () => {
  it('has 1,538,083 valid matrices times 243 labellings', () => {
    expect(countMatrices(Array.from({ length: EDGE_SLOTS }, () => [0, 1]))).toBe(VALID_MATRICES);
    expect(space.size).toBe(1_538_083n * 243n);
  });

  it('counts a sub-space by its matrices', () => {
    const chain = Array.from({ length: EDGE_SLOTS }, (_, at) =>
      at === 0 || at === 15 ? [0, 1] : [0],
    );
    // 0→1 may be there or not, 0→6 must.
    expect(space.restrict([...chain, [0], [0], [0], [0], [0]]).size).toBe(2n);
  });

  it.each([
    [4, 91],
    [5, 2_532],
  ])('has with at most %i vertices all %i networks of EC-NAS', (vertices, networks) => {
    const part = space.restrict(withVertices(vertices));
    const hashes = new Set(Array.from(part.all(), (cell) => part.canonical?.(cell)));
    expect(hashes.size).toBe(networks);
    expect(space.restrict(withVertices(7)).size).toBe(space.size);
  });

  it('mutates an edge in seven and an operation in five, before invalid children are drawn again', () => {
    // The chain through all vertices.
    const parent = space.parse('101001000100001000001:00000');
    let [edges, operations] = [0, 0];
    const draws = 4_000;
    for (let draw = 0; draw < draws; draw++) {
      const child = space.mutate(parent, createStreams(7).stream('mutate', draw));
      child.forEach((choice, at) => {
        if (choice === parent[at]) return;
        if (at < EDGE_SLOTS) edges++;
        else operations++;
      });
    }
    // Operations do not decide what is valid: 1 per child, within 5 standard deviations of 0.9.
    expect(Math.abs(operations / draws - 1)).toBeLessThan(5 * (0.9 / Math.sqrt(draws)));
    // Children without a path are drawn again, so that edges are near 3 per child.
    expect(edges / draws).toBeGreaterThan(2);
    expect(edges / draws).toBeLessThan(4);
  });
});
