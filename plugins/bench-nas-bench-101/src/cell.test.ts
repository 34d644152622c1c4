import { createStreams } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  EDGE_SLOTS,
  formatCell,
  graphDigits,
  isValid,
  MAX_EDGES,
  OPERATION_SLOTS,
  parseCell,
  prune,
} from './cell.ts';
import { graphHash } from './graph-hash.ts';
import { networkParams, vertexChannels } from './network-params.ts';
import { nasBench101 } from './space.ts';

const space = nasBench101();
const cells = fc.nat(100_000).map((i) => space.sample(createStreams(i).stream('cell')));

describe('the notation', () => {
  it('is read back', () => {
    fc.assert(
      fc.property(cells, (cell) => {
        expect(parseCell(formatCell(cell))).toEqual(cell);
      }),
    );
  });

  it('takes what is left of a cell after pruning as the same network', () => {
    fc.assert(
      fc.property(cells, (cell) => {
        const graph = prune(cell);
        const digits = graphDigits(graph);
        expect(prune(parseCell(digits.join(':')))).toEqual(graph);
      }),
    );
  });

  it.each([
    ['', /0 edge digits for 2/],
    ['1:0', /0 edge digits|1 edge digits for 3/],
    ['0:', /no path/],
    ['111:3', /0 edge digits/],
    ['111111111111111111111:00000', /more than 9 edges/],
    ['1'.repeat(100), /…/],
  ])('refuses %j', (text, message) => {
    expect(() => parseCell(text)).toThrow(message);
  });
});

describe('prune', () => {
  it('drops vertices that lead nowhere or come from nowhere', () => {
    // 0→1→3, 0→2 (dead end), 4→6 (no input), 0→6, 3→6.
    const cell = parseCell('110010000000000100101:01201');
    expect(graphDigits(prune(cell))).toEqual(['101101', '02']);
  });

  it('leaves what the benchmark has: at most nine edges, every vertex on a path', () => {
    fc.assert(
      fc.property(cells, (cell) => {
        expect(isValid(cell)).toBe(true);
        const { vertices, next } = prune(cell);
        const [edges] = graphDigits(prune(cell));
        expect(edges.split('1').length - 1).toBeLessThanOrEqual(MAX_EDGES);
        const reached = next.reduce((mask, own) => mask | own, 1);
        expect(reached).toBe(2 ** vertices - 1);
        expect(next.slice(0, -1).every((own) => own > 0)).toBe(true);
      }),
    );
  });
});

describe('graphHash', () => {
  it.each([
    // From the published table: hash, edges, operations.
    ['00005c142e6f48ac74fdcf73e3439874', '101001100010011001001', '02001'],
    ['0011a6a4e759f16e635a3bb83566c2d1', '101100001101101', '1122'],
    ['001a6fcc8b38cbc515be788a86bdc804', '111001', '22'],
  ])('is %s of %s:%s', (hash, edges, operations) => {
    expect(graphHash(prune(parseCell(`${edges}:${operations}`)))).toBe(hash);
  });

  it('does not see the order of vertices', () => {
    fc.assert(
      fc.property(cells, fc.nat(OPERATION_SLOTS - 2), (cell, at) => {
        // Vertices at + 1 and at + 2 change places unless one reads the other.
        const [a, b] = [at + 1, at + 2];
        const slot = (from: number, to: number) => (to * (to - 1)) / 2 + from;
        fc.pre(cell[slot(a, b)] === 0);
        const swap = (v: number) => (v === a ? b : v === b ? a : v);
        const other = [...cell];
        for (let to = 1; to < 7; to++) {
          for (let from = 0; from < to; from++) {
            const [x, y] = [swap(from), swap(to)].sort((p, q) => p - q) as [number, number];
            other[slot(x, y)] = cell[slot(from, to)] ?? 0;
          }
        }
        other[EDGE_SLOTS + at] = cell[EDGE_SLOTS + at + 1] ?? 0;
        other[EDGE_SLOTS + at + 1] = cell[EDGE_SLOTS + at] ?? 0;
        expect(graphHash(prune(other))).toBe(graphHash(prune(cell)));
      }),
    );
  });
});

describe('networkParams', () => {
  it('counts a cell of one projection by hand', () => {
    // Stem 3·9·128 + 256; nine 1×1 projections with norms; 512·10 + 10.
    const projections =
      3 * (128 * 128 + 256) + (128 * 256 + 512) + 2 * (256 * 256 + 512) + (256 * 512 + 1024);
    const params = 3_456 + 256 + projections + 2 * (512 * 512 + 1024) + 5_130;
    expect(networkParams(prune(parseCell('1:')))).toBe(params);
  });

  it('shares the output channels out, the first vertices getting the rest', () => {
    // Three vertices beside each other: 128 = 43 + 43 + 42.
    const graph = prune(parseCell('1101000111:000'));
    expect(vertexChannels(graph, 128)).toEqual([0, 43, 43, 42, 0]);
  });
});
