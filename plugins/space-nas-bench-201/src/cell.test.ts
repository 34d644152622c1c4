import { isArcherError } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  CELLS,
  type Cell,
  cellCode,
  cellFromCode,
  cellOf,
  formatCell,
  isConnected,
  OPERATIONS,
  parseCell,
} from './cell.ts';

const anyCell = fc.integer({ min: 0, max: CELLS - 1 }).map(cellFromCode);

describe('architecture strings', () => {
  it('reads the official string of architecture 0 edge by edge', () => {
    const text =
      '|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+' +
      '|nor_conv_1x1~0|skip_connect~1|skip_connect~2|';
    expect(parseCell(text)).toEqual([4, 2, 1, 2, 1, 1]);
    expect(formatCell([4, 2, 1, 2, 1, 1])).toBe(text);
  });

  it('round trips every cell', () => {
    fc.assert(
      fc.property(anyCell, (cell) => {
        expect(parseCell(formatCell(cell))).toEqual(cell);
        expect(cellFromCode(cellCode(cell))).toEqual(cell);
      }),
    );
  });

  it('tells a cell for any text, or says why not', () => {
    const broken = fc.tuple(anyCell, fc.nat(80), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(broken, ([cell, at, junk]) => {
        const text = formatCell(cell);
        const mutant = text.slice(0, at) + junk + text.slice(at + junk.length);
        try {
          expect(formatCell(parseCell(mutant))).toBe(mutant.trim());
        } catch (error) {
          if (!isArcherError(error)) throw error;
          expect(error.code).toBe('ARCHER_NB201_STRING');
        }
      }),
    );
  });

  it('names the edge and the nearest operation of a typo', () => {
    const text = '|nor_conv_3x3~0|+|nor_conv3x3~0|none~1|+|none~0|none~1|none~2|';
    expect(() => parseCell(text)).toThrow(/edge 0→2, "nor_conv3x3~0", .*"nor_conv_3x3"/);
  });

  it.each([
    ['', /1 of 3 nodes/],
    ['|none~0|+|none~0|+|none~0|none~1|none~2|', /node 2/],
    ['|none~0|+|none~0|none~0|+|none~0|none~1|none~2|', /edge 1→2.*"<operation>~1"/],
    ['none~0+|none~0|none~1|+|none~0|none~1|none~2|', /node 1/],
  ])('refuses %j', (text, reason) => {
    expect(() => parseCell(text)).toThrow(reason);
  });

  it('refuses anything but six operation indices', () => {
    for (const operations of [
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 5],
      [0, 0, 0, 0, 0, 0.5],
    ]) {
      expect(() => cellOf(operations)).toThrow(/six operation indices/);
    }
  });
});

describe('connectivity', () => {
  const allCells = Array.from({ length: CELLS }, (_, code) => cellFromCode(code));

  it('finds the 341 disconnected cells (C5)', () => {
    expect(allCells.filter((cell) => !isConnected(cell))).toHaveLength(341);
  });

  it('finds 17 disconnected cells in each pair of none with another operation', () => {
    for (let op = 1; op < OPERATIONS.length; op++) {
      const pair = allCells.filter((cell) => cell.every((one) => one === 0 || one === op));
      expect(pair).toHaveLength(64);
      expect(pair.filter((cell) => !isConnected(cell))).toHaveLength(17);
    }
  });

  it('is not fooled by convolutions on dead edges', () => {
    const cell: Cell = [0, 0, 3, 0, 3, 3];
    expect(isConnected(cell)).toBe(false);
  });
});
