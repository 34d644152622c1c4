import { describe, expect, it } from 'vitest';
import { memorySplit } from './memory-split.ts';

describe('memorySplit', () => {
  const pixels = Uint8Array.from([0, 1, 2, 10, 11, 12, 20, 21, 22]);
  const split = memorySplit('train', Int32Array.from([5, 6, 7]), pixels);

  it('copies images in the order asked, repeats included', () => {
    const into = new Uint8Array(9);
    split.read(Int32Array.from([2, 0, 2]), into);
    expect([...into]).toEqual([20, 21, 22, 0, 1, 2, 20, 21, 22]);
  });

  it('refuses an image that it does not have', () => {
    expect(() => split.read(Int32Array.from([3]), new Uint8Array(3))).toThrow('0 to 2, not 3');
    expect(() => split.read(Int32Array.from([-1]), new Uint8Array(3))).toThrow(RangeError);
  });

  it('refuses pixels that do not divide into the labels', () => {
    expect(() => memorySplit('valid', new Int32Array(4), pixels)).toThrow('9 bytes');
  });
});
