import { describe, expect, it } from 'vitest';

import { type Candidate, dartsCandidates } from './candidates.ts';
import { derive } from './derive.ts';
import { EDGES, edgeAt } from './edges.ts';
import { type Edge, OPERATIONS } from './genotype.ts';

const candidates = dartsCandidates();
const UNIFORM = EDGES.map(() => new Array<number>(8).fill(1 / 8));
const named = (edges: readonly Edge[]) => edges.map(({ op, from }) => [OPERATIONS[op], from]);

/** The normal cell of rows of the first edges; the other edges and the reduction cell uniform. */
function normalOf(...rows: number[][]): [string | undefined, number][] {
  const cell = [...rows, ...UNIFORM.slice(rows.length)];
  return named(derive([...cell, ...UNIFORM], candidates).normal) as [string, number][];
}

describe('edges', () => {
  it('are 14, in the order of the papers (check 1)', () => {
    expect(EDGES).toHaveLength(14);
    const offsets = [0, 2, 5, 9];
    EDGES.forEach(({ from, to }, edge) => {
      expect(edge).toBe((offsets[to - 2] as number) + from);
      expect(edgeAt(from, to)).toBe(edge);
    });
  });
});

describe('derive', () => {
  it('keeps edges 0 and 1 with the first operation under uniform weights (check E)', () => {
    const { normal, reduce } = derive([...UNIFORM, ...UNIFORM], candidates);
    const expected = [0, 1, 2, 3].flatMap(() => [
      ['max_pool_3x3', 0],
      ['max_pool_3x3', 1],
    ]);
    expect(named(normal)).toEqual(expected);
    expect(named(reduce)).toEqual(expected);
  });

  it('compares the strongest operation but none of each edge (check E)', () => {
    const cell = normalOf(
      [0.9, 0.02, 0.02, 0.06, 0, 0, 0, 0],
      [0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.1, 0.1],
      [0.1, 0.1, 0.1, 0.1, 0.1, 0.3, 0.1, 0.1],
      [0.05, 0.05, 0.05, 0.4, 0.15, 0.1, 0.1, 0.1],
      [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.3, 0.1],
    );
    // In the order of the inputs; the paper lists the stronger edge first.
    expect(cell.slice(0, 4)).toEqual([
      ['skip_connect', 0],
      ['sep_conv_3x3', 1],
      ['sep_conv_5x5', 0],
      ['skip_connect', 1],
    ]);
  });

  it('keeps an edge whose weight is nearly all on none only when it must', () => {
    const dead = [0.93, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01];
    const cell = normalOf(...UNIFORM.slice(0, 2), dead);
    expect(cell.slice(2, 4).map(([, from]) => from)).toEqual([1, 2]);
    expect(normalOf(dead, dead).slice(0, 2)).toEqual([
      ['max_pool_3x3', 0],
      ['max_pool_3x3', 1],
    ]);
  });

  it('reads the reduction cell from the rows behind the normal one', () => {
    const rows = EDGES.map((): number[] => [0, 0, 0, 1, 0, 0, 0, 0]);
    const { normal, reduce } = derive([...UNIFORM, ...rows], candidates);
    expect(normal.every(({ op }) => op === 0)).toBe(true);
    expect(reduce.every(({ op }) => OPERATIONS[op] === 'skip_connect')).toBe(true);
  });

  it('reads one weight per candidate where there are fewer', () => {
    const two: Candidate[] = ['skip_connect', 'sep_conv_3x3'];
    const rows = [...EDGES, ...EDGES].map(() => [0.4, 0.6]);
    const { normal } = derive(rows, dartsCandidates(two, { none: false }));
    expect(new Set(normal.map(({ op }) => OPERATIONS[op]))).toEqual(new Set(['sep_conv_3x3']));
  });
});
