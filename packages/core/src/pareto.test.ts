import { describe, expect, it } from 'vitest';
import { type Comparison, crowdingDistances, nonDominatedFronts } from './pareto.ts';

/** Pareto dominance of points whose numbers are all minimised. */
function minimising(points: readonly (readonly number[])[]): Comparison {
  return (i, j) => {
    const [a = [], b = []] = [points[i], points[j]];
    const better = a.some((value, k) => value < (b[k] ?? 0));
    const worse = a.some((value, k) => value > (b[k] ?? 0));
    if (better && worse) return undefined;
    if (better) return -1;
    return worse ? 1 : 0;
  };
}

const FRONT = [
  [1, 5],
  [2, 3],
  [4, 2],
  [5, 1],
];

describe('nonDominatedFronts', () => {
  it('peels front after front', () => {
    const points = [...FRONT, [3, 3], [5, 5], [6, 6], [2, 3]];
    // (3, 3) is behind (2, 3); (5, 5) behind both, (6, 6) behind (5, 5); equal points stay together.
    expect(nonDominatedFronts(8, minimising(points))).toEqual([[0, 1, 2, 3, 7], [4], [5], [6]]);
  });

  it('sorts a single objective, and nothing', () => {
    const points = [[3], [1], [2], [1]];
    expect(nonDominatedFronts(4, minimising(points))).toEqual([[1, 3], [2], [0]]);
    expect(nonDominatedFronts(0, minimising([]))).toEqual([]);
  });
});

describe('crowdingDistances', () => {
  it('is the textbook value', () => {
    expect(crowdingDistances(FRONT)).toEqual([Infinity, 1.5, 1.25, Infinity]);
    const shuffled = [2, 0, 3, 1].map((i) => FRONT[i] ?? []);
    expect(crowdingDistances(shuffled)).toEqual([1.25, Infinity, Infinity, 1.5]);
  });

  it('is finite inside a front without extent in one objective', () => {
    const flat = [
      [0, 7],
      [1, 7],
      [4, 7],
    ];
    expect(crowdingDistances(flat)).toEqual([Infinity, 1, Infinity]);
    expect(crowdingDistances([[1, 2]])).toEqual([Infinity]);
    expect(crowdingDistances([])).toEqual([]);
  });
});
