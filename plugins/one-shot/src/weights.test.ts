import { describe, expect, it } from 'vitest';
import { addWeights, effectiveSampleSize, lossWeights, NO_WEIGHTS } from './weights.ts';

describe('importance weights', () => {
  it('multiply the weights of path and samples', () => {
    expect(lossWeights(2, undefined, undefined)).toBeUndefined();
    expect(lossWeights(2, 3, undefined)).toEqual(Float32Array.of(3, 3));
    expect(lossWeights(2, undefined, Float32Array.of(1, 2))).toEqual(Float32Array.of(1, 2));
    expect(lossWeights(2, 3, Float32Array.of(1, 2))).toEqual(Float32Array.of(3, 6));
  });

  it('are worth as many draws as there are when equal, and one when one outgrows the rest', () => {
    const size = (...weights: number[]) => effectiveSampleSize(addWeights(NO_WEIGHTS, weights));
    expect(size(2, 2, 2, 2)).toBe(4);
    expect(size(1, 3)).toBe(16 / 10);
    expect(size(1e12, 1, 1, 1)).toBeCloseTo(1, 6);
    expect(size()).toBe(0);
  });
});
