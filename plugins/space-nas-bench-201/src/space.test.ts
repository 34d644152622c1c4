import { createStreams } from '@archer-nas/core';
import { describeChecks, spaceChecks } from '@archer-nas/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CELLS, cellFromCode, formatCell } from './cell.ts';
import { nasBench201 } from './space.ts';

const settings = {
  channels: 16,
  cells: 5,
  convBias: true,
  costs: { classes: 10, image: 32 },
};
const space = nasBench201(settings);
const every = <T>(value: T): T[] => Array.from({ length: 6 }, () => value);

describeChecks(
  'a sub-space',
  spaceChecks(async () => ({
    space: space.restrict(every([1, 3])),
    malformed: [formatCell([0, 1, 1, 1, 1, 1])],
  })),
);
describeChecks(
  'a sub-space',
  spaceChecks(async () => ({ space: space.restrict([[4], [4], [4], [4], [4], [4]]) })),
);

describe('the space', () => {
  it('lists all cells lexicographically', () => {
    const cells = [...space.all()];
    expect(cells[0]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(cells[1]).toEqual([0, 0, 0, 0, 0, 1]);
    expect(cells.at(-1)).toEqual([4, 4, 4, 4, 4, 4]);
    expect(cells.map((cell) => space.id(cell))).toEqual(cells.map((cell) => space.id(cell)).sort());
  });

  it('has 24 neighbours per cell', () => {
    expect([...space.neighbours([0, 1, 2, 3, 4, 0])]).toHaveLength(24);
  });

  it('derives the heaviest operation of each edge, none included, the first of equal ones', () => {
    const row = (...weights: number[]) => Float64Array.from(weights);
    const mixture = [
      row(0.5, 0.2, 0.1, 0.1, 0.1),
      row(0.1, 0.4, 0.4, 0.05, 0.05),
      row(0, 0, 0, 1, 0),
      ...Array.from({ length: 3 }, () => row(0.1, 0.1, 0.1, 0.1, 0.6)),
    ];
    expect(space.derive(mixture)).toEqual([0, 1, 3, 4, 4, 4]);
    const part = space.restrict(every([1, 3]));
    expect(part.derive(every(row(0.2, 0.8)))).toEqual([3, 3, 3, 3, 3, 3]);
  });

  it('mutates exactly one edge', () => {
    const streams = createStreams(3);
    fc.assert(
      fc.property(fc.nat(CELLS - 1), fc.nat(1000), (code, draw) => {
        const cell = cellFromCode(code);
        const child = space.mutate(cell, streams.stream('mutate', draw));
        expect(child.filter((op, edge) => op !== cell[edge])).toHaveLength(1);
      }),
    );
  });

  it('draws every operation on every edge equally often', () => {
    const stream = createStreams(5).stream('sample');
    const counts = every(0).map(() => [0, 0, 0, 0, 0]);
    for (let draw = 0; draw < 5_000; draw++) {
      space.sample(stream).forEach((op, edge) => {
        const row = counts[edge] as number[]; // six rows were made above
        row[op] = (row[op] ?? 0) + 1;
      });
    }
    // 1000 ± 5 standard deviations of 28.
    for (const count of counts.flat()) expect(Math.abs(count - 1_000)).toBeLessThan(142);
  });
});

describe('sub-spaces', () => {
  it.each([
    [[1, 3], 64n],
    [[1, 2, 3], 729n],
    [[1, 2, 3, 4], 4_096n],
    [[0, 1, 2, 3, 4], 15_625n],
  ])('of options %j have the published size %s (C5)', (options, size) => {
    const part = space.restrict(every(options));
    expect(part.size).toBe(size);
    expect([...part.all()]).toHaveLength(Number(size));
  });

  it('count choices among their own options and keep operation indices', () => {
    const part = space.restrict(every([1, 3]));
    expect(part.decisions[0]?.options).toEqual(['skip_connect', 'nor_conv_3x3']);
    expect(part.toChoices([3, 1, 3, 1, 1, 3])).toEqual([1, 0, 1, 0, 0, 1]);
    expect(part.fromChoices([1, 0, 1, 0, 0, 1])).toEqual([3, 1, 3, 1, 1, 3]);
    expect(part.name).not.toBe(space.name);
  });

  it('can be restricted again, one edge at a time', () => {
    const part = space.restrict(every([1, 3])).restrict([[1], ...every(undefined).slice(1)]);
    expect(part.size).toBe(32n);
    expect(part.decisions[0]?.options).toEqual(['nor_conv_3x3']);
  });

  it('refuse options that are not there and cells that are not theirs', () => {
    expect(() => space.restrict(every([]))).toThrow(/cannot be restricted to \[\]/);
    expect(() => space.restrict(every([5]))).toThrow(/options 0 to 4/);
    expect(() => space.restrict(every([1])).toChoices([1, 1, 1, 1, 1, 2])).toThrow(
      /edge5:2-3 can be/,
    );
  });
});
