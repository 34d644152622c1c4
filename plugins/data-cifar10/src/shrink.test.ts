import { describe, expect, it } from 'vitest';
import { shrunk } from './shrink.ts';

/** Two images whose channels count up along rows, along columns, and not at all. */
const pixels = Uint8Array.from({ length: 2 * 32 * 32 * 3 }, (_, at) => {
  const [x, y] = [Math.floor(at / 3) % 32, Math.floor(at / 96) % 32];
  const image = Math.floor(at / 3072);
  return [4 * x + image, 4 * y, 7][at % 3] as number;
});

describe('shrunk', () => {
  it('takes the mean of each square, channel by channel, image by image', () => {
    const small = shrunk(pixels, 16);
    expect(small).toHaveLength(2 * 16 * 16 * 3);
    const at = (image: number, y: number, x: number) => {
      const from = ((image * 16 + y) * 16 + x) * 3;
      return [...small.slice(from, from + 3)];
    };
    // Columns 2x and 2x + 1 are 8x and 8x + 4 bright; so are rows.
    expect(at(0, 3, 5)).toEqual([42, 26, 7]);
    expect(at(1, 15, 0)).toEqual([3, 122, 7]);
  });

  it('rounds, and takes larger squares', () => {
    const dark = new Uint8Array(3072);
    dark[0] = 9; // of 16 pixels: 0.5625
    expect([...shrunk(dark, 8).slice(0, 4)]).toEqual([1, 0, 0, 0]);
  });

  it('leaves full size alone', () => {
    expect(shrunk(pixels, 32)).toBe(pixels);
  });
});
