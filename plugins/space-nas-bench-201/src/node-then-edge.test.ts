import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';

import { type Cell, EDGES } from './cell.ts';
import { ALL_ALLOWED, cellSpace } from './cell-space.ts';

const skeleton = { channels: 16, cells: 5 };
const task = { classes: 10, image: 32 };
const RUNS = 18_000;

function changes(mutation: 'edge' | 'node-then-edge', allowed = ALL_ALLOWED): number[] {
  const space = cellSpace(allowed, { skeleton, task, mutation });
  const stream = createStreams(0).stream('test');
  const cell: Cell = [0, 0, 0, 0, 0, 0];
  const counts = EDGES.map(() => 0);
  for (let run = 0; run < RUNS; run++) {
    const child = space.mutate(cell, stream);
    const changed = child.flatMap((operation, edge) => (operation === cell[edge] ? [] : [edge]));
    expect(changed).toHaveLength(1);
    counts[changed[0] ?? 0] = (counts[changed[0] ?? 0] ?? 0) + 1;
  }
  return counts.map((count) => count / RUNS);
}

function near(shares: readonly number[], expected: readonly number[]): void {
  expected.forEach((p, edge) => {
    const sigma = Math.sqrt((p * (1 - p)) / RUNS);
    expect(Math.abs((shares[edge] ?? 0) - p), `edge ${edge}`).toBeLessThanOrEqual(4 * sigma);
  });
}

describe('mutation of a cell', () => {
  it('changes every edge equally often', () => {
    near(changes('edge'), [1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6]);
  });

  it('changes edges of early nodes more often, node then edge (C2)', () => {
    near(changes('node-then-edge'), [1 / 3, 1 / 6, 1 / 6, 1 / 9, 1 / 9, 1 / 9]);
  });

  it('draws no node and no edge without a choice', () => {
    const allowed = ALL_ALLOWED.map((all, edge) => (edge === 0 || edge === 5 ? [0] : all));
    near(changes('node-then-edge', allowed), [0, 1 / 4, 1 / 4, 1 / 4, 1 / 4, 0]);
  });
});
