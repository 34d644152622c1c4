import { describe, expect, it } from 'vitest';
import { inverseProbabilities, kernelDensity, minMaxScaled } from './density.ts';

describe('inverse density', () => {
  it('has the values computed by hand (G5)', () => {
    const points = [[1], [1.2], [1.4], [5]];
    const densities = kernelDensity(points, points, 0.5);
    const expected = [0.52845, 0.56774, 0.52845, 0.19947];
    densities.forEach((one, i) => {
      expect(one).toBeCloseTo(expected[i] ?? Number.NaN, 5);
    });
    const probabilities = inverseProbabilities(densities);
    [0.1792, 0.1668, 0.1792, 0.4748].forEach((one, i) => {
      expect(probabilities[i]).toBeCloseTo(one, 4);
    });
  });

  it('gives a place far from all others nearly all the weight, and no NaN', () => {
    const densities = kernelDensity([[0], [1]], [[0], [1e6]], 0.08);
    expect(inverseProbabilities(densities)[1]).toBeCloseTo(1, 6);
  });

  it('scales by the range of others, and leaves a coordinate without extent alone', () => {
    const range = [
      [10, 3],
      [30, 3],
    ];
    expect(minMaxScaled([[20, 3], ...range], range)).toEqual([
      [0.5, 0],
      [0, 0],
      [1, 0],
    ]);
  });
});
