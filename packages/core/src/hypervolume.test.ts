import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hypervolume,
  hypervolumeContributions,
  logHypervolumeDifference,
  normalisePoints,
} from './hypervolume.ts';

const POINTS = [
  [1, 5],
  [2, 3],
  [4, 2],
  [5, 1],
];
const CORNER = [6, 6];

/** Counts the unit cells of an integer grid that some point dominates. */
function countCells(points: readonly (readonly number[])[], corner: readonly number[]): number {
  const cells = corner.reduce((product, size) => product * size, 1);
  let count = 0;
  for (let cell = 0; cell < cells; cell++) {
    let rest = cell;
    const low = corner.map((size) => {
      const digit = rest % size;
      rest = Math.floor(rest / size);
      return digit;
    });
    if (points.some((point) => point.every((value, i) => value <= (low[i] ?? 0)))) count++;
  }
  return count;
}

describe('hypervolume', () => {
  it('is 16 for the textbook front, and 3,3 adds nothing', () => {
    expect(hypervolume(POINTS, CORNER)).toBe(16);
    expect(hypervolume([...POINTS, [3, 3]], CORNER)).toBe(16);
    expect(hypervolumeContributions(POINTS, CORNER)).toEqual([1, 4, 1, 1]);
  });

  it('ignores points that are not better than the reference everywhere', () => {
    expect(hypervolume([[6, 0]], CORNER)).toBe(0);
    expect(hypervolume([[7, -100]], CORNER)).toBe(0);
    expect(hypervolume([], CORNER)).toBe(0);
  });

  it('is the number of dominated cells of a grid, in one to four objectives', () => {
    const case_ = fc.integer({ min: 1, max: 4 }).chain((dimensions) => {
      const corner = Array.from({ length: dimensions }, () => 6);
      const point = fc.array(fc.integer({ min: 0, max: 6 }), {
        minLength: dimensions,
        maxLength: dimensions,
      });
      return fc.tuple(fc.constant(corner), fc.array(point, { maxLength: 8 }));
    });
    fc.assert(
      fc.property(case_, ([corner, points]) => {
        expect(hypervolume(points, corner)).toBe(countCells(points, corner));
      }),
    );
  });

  it('refuses NaN and points of another dimension', () => {
    expect(() => hypervolume([[1, Number.NaN]], CORNER)).toThrow(/NaN/);
    expect(() => hypervolume([[1, 2, 3]], CORNER)).toThrow(/3 objectives.*2/);
  });
});

describe('normalisePoints', () => {
  it('puts the ideal at 0 and the reference at 1', () => {
    expect(normalisePoints([[10, 0.5]], [0, 0.25], [20, 0.75])).toEqual([[0.5, 0.5]]);
    expect(() => normalisePoints([[1, 1]], [0, 1], [1, 1])).toThrow(/objective 1/);
  });
});

describe('logHypervolumeDifference', () => {
  it('is -2 where one hundredth is missing', () => {
    expect(logHypervolumeDifference(0.99, 1)).toBeCloseTo(-2, 12);
    expect(logHypervolumeDifference(1, 1)).toBe(Number.NEGATIVE_INFINITY);
  });
});
