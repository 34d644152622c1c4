import { createStreams } from '@archer-nas/core';
import type { Rows } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { directions, lossLandscape } from './loss-landscape.ts';

const alpha: Rows = [Float64Array.of(0.3, -0.1), Float64Array.of(0.7, 0, 0.2)];
const stream = () => createStreams(3).stream('landscape');
const flat = (rows: Rows) => rows.flatMap((row) => [...row]);
const distance = (a: Rows) =>
  Math.hypot(...flat(a).map((value, i) => value - (flat(alpha)[i] as number)));

describe('directions', () => {
  it('are orthogonal, of length one, and others from another stream', () => {
    const [u, v] = directions(alpha, stream()).map(flat) as [number[], number[]];
    const dot = (a: number[], b: number[]) =>
      a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
    expect(dot(u, u)).toBeCloseTo(1, 12);
    expect(dot(v, v)).toBeCloseTo(1, 12);
    expect(dot(u, v)).toBeCloseTo(0, 12);
    const other = directions(alpha, createStreams(4).stream('landscape'));
    expect(flat(other[0])).not.toEqual(u);
  });
});

describe('loss-landscape', () => {
  /** A bowl: the loss is the squared distance from α. */
  const bowl = (at: Rows) => ({ loss: distance(at) ** 2, accuracy: 90 - distance(at) });

  it('has α in its middle and the points of a square around it', () => {
    const { metrics, tables } = lossLandscape(alpha, bowl, {
      points: 3,
      radius: 2,
      stream: stream(),
    });
    // The rim of 3 × 3 points: four sides at distance 2, four corners at 2√2.
    expect(metrics?.['centre-loss']).toBe(0);
    expect(metrics?.['rim-loss']).toBeCloseTo((4 * 4 + 4 * 8) / 8, 10);
    expect(metrics?.['accuracy-drop']).toBeCloseTo((2 + 2 * Math.SQRT2) / 2, 10);
    expect(tables?.loss?.columns).toEqual(['y ↓, x →', '-2.00', '0.00', '2.00']);
    const rows = tables?.loss?.rows as number[][];
    expect(rows.map(([y]) => y)).toEqual([-2, 0, 2]);
    expect(rows.map((row) => row[1])).toEqual([8, 4, 8].map((loss) => expect.closeTo(loss, 10)));
  });

  it('moves along x in rows and along y in columns', () => {
    const [u] = directions(alpha, stream());
    const along = (at: Rows) =>
      flat(at).reduce(
        (sum, value, i) => sum + (value - (flat(alpha)[i] as number)) * (flat(u)[i] as number),
        0,
      );
    const { tables } = lossLandscape(alpha, (at) => ({ loss: along(at), accuracy: 0 }), {
      ...{ points: 3, radius: 0.5 },
      stream: stream(),
    });
    const rows = tables?.loss?.rows as number[][];
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      expect(row.slice(1)).toEqual([-0.5, 0, 0.5].map((x) => expect.closeTo(x, 10)));
    }
  });
});
