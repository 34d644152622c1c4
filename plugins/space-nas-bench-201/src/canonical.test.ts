import { describe, expect, it } from 'vitest';

import { canonical, simplified, uniqueString } from './canonical.ts';
import { CELLS, type Cell, cellFromCode, isConnected } from './cell.ts';

const cells = Array.from({ length: CELLS }, (_, code) => cellFromCode(code));
const classes = (name: (cell: Cell) => string): number => new Set(cells.map(name)).size;

describe('unique strings of the authors', () => {
  it('writes zeros, skips and sums as the public table does', () => {
    // Rows 0, 3 and 10 of nats_bench.csv (v-tao/nats-bench-landscape).
    const written = (cell: Cell) => uniqueString(cell, 'skips-and-zeros');
    expect(written([4, 2, 1, 2, 1, 1])).toBe(
      '(0)@avg_pool_3x3+(0)@avg_pool_3x3+(0)@nor_conv_1x1+(0)@nor_conv_1x1',
    );
    expect(written([4, 1, 0, 0, 0, 1])).toBe('#+#+#+0');
    expect(written([3, 3, 3, 0, 0, 0])).toBe('#+#+#');
  });

  it('has the published numbers of classes (C10)', () => {
    expect(classes((cell) => uniqueString(cell, 'everything'))).toBe(15_625);
    expect(classes((cell) => uniqueString(cell, 'skips'))).toBe(12_751);
    expect(classes((cell) => uniqueString(cell, 'skips-and-zeros'))).toBe(6_466);
  });
});

describe('simplified', () => {
  it('has 4,930 forms, the empty one for exactly the disconnected cells', () => {
    expect(classes(simplified)).toBe(4_930);
    for (const cell of cells) {
      if ((simplified(cell) === '') === isConnected(cell)) expect.fail(cell.join(''));
    }
  });
});

describe('canonical', () => {
  it('has 5,485 classes', () => {
    expect(classes(canonical)).toBe(5_485);
  });

  it.each<[string, Cell, Cell]>([
    ['parallel edges into the output', [3, 0, 0, 0, 1, 0], [0, 3, 0, 0, 0, 1]],
    ['a skip before or after', [1, 0, 0, 0, 3, 0], [3, 0, 0, 0, 1, 0]],
    ['unreachable nodes', [3, 3, 2, 1, 0, 0], [0, 0, 0, 1, 0, 0]],
    ['pools and skips of zero', [0, 0, 1, 1, 4, 4], [0, 0, 0, 1, 0, 0]],
    ['offsets of either convolution', [0, 0, 0, 1, 2, 0], [0, 0, 0, 1, 0, 3]],
    ['a shared node under either name', [3, 0, 1, 0, 1, 2], [3, 0, 1, 0, 2, 1]],
  ])('joins %s', (_, a, b) => {
    expect(canonical(a)).toBe(canonical(b));
  });

  it.each<[string, Cell, Cell]>([
    ['one shared convolution from two', [3, 0, 1, 0, 1, 2], [3, 3, 0, 0, 1, 2]],
    ['a learned offset from nothing', [0, 0, 0, 1, 2, 0], [0, 0, 0, 1, 0, 0]],
    ['an input counted twice from once', [1, 0, 0, 1, 1, 0], [0, 0, 0, 1, 0, 0]],
    ['kernel sizes', [0, 0, 0, 2, 0, 0], [0, 0, 0, 3, 0, 0]],
  ])('separates %s', (_, a, b) => {
    expect(canonical(a)).not.toBe(canonical(b));
  });

  it('joins no cells whose simplified forms differ', () => {
    const seen = new Map<string, string>();
    for (const cell of cells) {
      const form = simplified(cell);
      const known = seen.get(canonical(cell)) ?? form;
      if (known !== form) expect.fail(`${cell.join('')}: ${known} and ${form}`);
      seen.set(canonical(cell), form);
    }
  });
});
