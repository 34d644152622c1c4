import { describe, expect, it } from 'vitest';
import { meanFieldSynflow } from './mean-field-synflow.ts';

describe('meanFieldSynflow', () => {
  it('is ln 7 for a cell that only passes its input on', () => {
    // One path of gain 1 in each stage, no convolution in cells.
    expect(meanFieldSynflow([0, 0, 0, 1, 0, 0])).toBeCloseTo(Math.log(7), 12);
  });

  it('is as computed by hand for one convolution on the direct path', () => {
    // Gains 1.5·4, 1.5·√32, 1.5·8; one convolution per cell: 7 + 5·3 layers.
    const gains = 6 * 1.5 * Math.sqrt(32) * 12;
    expect(meanFieldSynflow([0, 0, 0, 3, 0, 0])).toBeCloseTo(
      5 * Math.log(gains) + Math.log(22),
      12,
    );
  });

  it('weighs the convolutions of a path by its gain', () => {
    // A skip beside a path of two 1×1 convolutions: gains 1 and (0.5 √C)² = C/4.
    const cells = [4, 8, 16].map((gain) => ({ gain: 1 + gain, layers: (2 * gain) / (1 + gain) }));
    const expected =
      5 * cells.reduce((sum, { gain }) => sum + Math.log(gain), 0) +
      Math.log(7 + 5 * cells.reduce((sum, { layers }) => sum + layers, 0));
    expect(meanFieldSynflow([2, 0, 0, 1, 2, 0])).toBeCloseTo(expected, 12);
  });

  it('is -Infinity where nothing reaches the output', () => {
    expect(meanFieldSynflow([3, 3, 3, 0, 0, 0])).toBe(Number.NEGATIVE_INFINITY);
  });
});
