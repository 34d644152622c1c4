import type { Report, Stream, Table } from '@archer-nas/core';
import type { Rows } from '@archer-nas/nn';

/** What the supernet says at one α. */
export interface Height {
  /** Mean cross-entropy, nats. */
  readonly loss: number;
  /** Percent correct. */
  readonly accuracy: number;
}

/** Where a landscape is looked at. */
export interface LandscapeOptions {
  /** Points along each side of the square; odd, so that α itself is one of them. */
  readonly points: number;
  /** L2 norm by which α moves along a direction, from the centre to the side. */
  readonly radius: number;
}

/**
 * The validation loss and accuracy at α + x u + y v, with u and v random directions: how fast the
 * supernet gets worse around the architecture that the search has found. The weights stay.
 */
export function lossLandscape(
  alpha: Rows,
  heightAt: (alpha: Rows) => Height,
  { points, radius, stream }: LandscapeOptions & { readonly stream: Stream },
): Report {
  const [u, v] = directions(alpha, stream);
  const axis = Array.from({ length: points }, (_, i) => radius * ((2 * i) / (points - 1) - 1));
  const heights = axis.map((y) => axis.map((x) => heightAt(moved(alpha, [x, u], [y, v]))));
  const middle = (points - 1) / 2;
  const centre = heights[middle]?.[middle] as Height; // an odd number of points
  const rim = heights.flatMap((row, r) =>
    row.filter((_, c) => isRim(r, points) || isRim(c, points)),
  );
  const ofRim = (key: keyof Height) => rim.reduce((sum, at) => sum + at[key], 0) / rim.length;
  return {
    metrics: {
      'centre-loss': centre.loss,
      'centre-accuracy': centre.accuracy,
      'rim-loss': ofRim('loss'),
      'rim-accuracy': ofRim('accuracy'),
      'accuracy-drop': centre.accuracy - ofRim('accuracy'),
    },
    tables: {
      accuracy: grid('Validation accuracy around α, %', axis, heights, 'accuracy'),
      loss: grid('Validation loss around α, nats', axis, heights, 'loss'),
    },
  };
}

/** Two orthogonal directions of length one, uniform among all. */
export function directions(alpha: Rows, stream: Stream): readonly [Rows, Rows] {
  const draw = (): Rows => alpha.map((row) => row.map(() => stream.normal()));
  const u = scaled(draw(), 1);
  const raw = draw();
  return [u, scaled(moved(raw, [-dot(raw, u), u]), 1)];
}

function moved(from: Rows, ...moves: readonly (readonly [number, Rows])[]): Rows {
  return from.map((row, r) =>
    row.map((value, i) => moves.reduce((sum, [by, to]) => sum + by * (to[r]?.[i] ?? 0), value)),
  );
}

function scaled(rows: Rows, length: number): Rows {
  const factor = length / Math.sqrt(dot(rows, rows));
  return rows.map((row) => row.map((value) => factor * value));
}

function dot(a: Rows, b: Rows): number {
  return a.reduce(
    (sum, row, r) => row.reduce((partial, value, i) => partial + value * (b[r]?.[i] ?? 0), sum),
    0,
  );
}

function isRim(at: number, points: number): boolean {
  return at === 0 || at === points - 1;
}

function grid(
  title: string,
  axis: readonly number[],
  heights: readonly (readonly Height[])[],
  key: keyof Height,
): Table {
  return {
    title,
    columns: ['y ↓, x →', ...axis.map((x) => x.toFixed(2))],
    rows: heights.map((row, r) => [axis[r] ?? 0, ...row.map((height) => height[key])]),
  };
}
