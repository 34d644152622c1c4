import { describe, expect, it } from 'vitest';

import { CELLS, cellCode, formatCell } from './cell.ts';
import { byIndex, indexOf } from './official-order.ts';

describe('official index order', () => {
  it.each([
    [0, [4, 2, 1, 2, 1, 1]],
    [9, [4, 0, 0, 1, 0, 3]],
    [100, [3, 3, 0, 3, 4, 1]],
    [123, [4, 4, 2, 0, 4, 3]],
    [500, [0, 0, 4, 3, 3, 2]],
  ])('has the published cell at %i', (index, cell) => {
    expect(byIndex(index)).toEqual(cell);
  });

  it('has the published string at 9', () => {
    expect(formatCell(byIndex(9))).toBe(
      '|avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|',
    );
  });

  it('is a permutation, and indexOf its inverse', () => {
    const codes = new Set<number>();
    for (let index = 0; index < CELLS; index++) {
      const cell = byIndex(index);
      codes.add(cellCode(cell));
      if (indexOf(cell) !== index) expect(indexOf(cell)).toBe(index);
    }
    expect(codes.size).toBe(15_625);
  });

  it.each([-1, 15_625, 0.5, Number.NaN])('refuses index %d', (index) => {
    expect(() => byIndex(index)).toThrow(/0 to 15624/);
  });
});
