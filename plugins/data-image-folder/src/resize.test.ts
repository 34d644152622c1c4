import { describe, expect, it } from 'vitest';
import type { Picture } from './decode.ts';
import { resize } from './resize.ts';

/** A picture with equal channels. */
const grey = (width: number, values: readonly number[]): Picture => ({
  width,
  height: values.length / width,
  data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
});

const reds = (pixels: Uint8Array): number[] => [...pixels].filter((_, i) => i % 3 === 0);

describe('resize', () => {
  it('copies a picture of the right size', () => {
    const values = [1, 50, 200, 7];
    expect(reds(resize(grey(2, values), 2))).toEqual(values);
  });

  it('takes the middle square of a picture that is wider or taller', () => {
    expect(reds(resize(grey(4, [1, 2, 3, 4, 5, 6, 7, 8]), 2))).toEqual([2, 3, 6, 7]);
    expect(reds(resize(grey(2, [1, 2, 3, 4, 5, 6, 7, 8]), 2))).toEqual([3, 4, 5, 6]);
  });

  it('weighs pixels by a triangle when it shrinks', () => {
    // 4 to 2: the centre of output 0 is 1, inputs lie at 0.5, 1.5, 2.5 (distances 0.5, 0.5,
    // 1.5 of reach 2), so the weights are 3 : 3 : 1.
    const row = [0, 70, 140, 210];
    const [left, right] = reds(resize(grey(4, [...row, ...row, ...row, ...row]), 2));
    expect(left).toBe((3 * 0 + 3 * 70 + 1 * 140) / 7);
    expect(right).toBe((1 * 70 + 3 * 140 + 3 * 210) / 7);
  });

  it('interpolates linearly when it grows', () => {
    // 2 to 4: output centres at 0.25, 0.75, 1.25, 1.75 between inputs at 0.5 and 1.5.
    const grown = reds(resize(grey(2, [0, 100, 0, 100]), 4)).slice(0, 4);
    expect(grown).toEqual([0, 25, 75, 100]);
  });

  it('keeps one colour at any scale and does not mix channels', () => {
    const flat: Picture = {
      width: 7,
      height: 5,
      data: Uint8Array.from({ length: 105 }, (_, i) => [10, 120, 250][i % 3] ?? 0),
    };
    for (const size of [2, 3, 5, 16]) {
      const pixels = resize(flat, size);
      expect(pixels.length).toBe(size * size * 3);
      expect([...pixels].every((byte, i) => byte === [10, 120, 250][i % 3])).toBe(true);
    }
  });
});
