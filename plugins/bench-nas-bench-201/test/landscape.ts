import { ARCHITECTURES, archOf, officialOps } from '../src/notation.ts';

/** Official indices, in order. */
export const INDICES = Array.from({ length: ARCHITECTURES }, (_, index) => index);

/** Architectures are official indices in these tests. */
export const byIndex = { format: (index: number): string => archOf(officialOps(index)) };

/** The 24 architectures that differ on one edge, as official indices. */
export function neighbours(index: number): number[] {
  const ops = officialOps(index);
  return Array.from(ops).flatMap((own, edge) =>
    Array.from('01234')
      .filter((op) => op !== own)
      .map((op) => indexByOps().get(ops.slice(0, edge) + op + ops.slice(edge + 1)) ?? -1),
  );
}

let byOps: Map<string, number> | undefined;

function indexByOps(): Map<string, number> {
  byOps ??= new Map(INDICES.map((index) => [officialOps(index), index]));
  return byOps;
}

/** Points that no other dominates; both coordinates are minimised, equal points count once. */
export function frontSize(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const points = Array.from(x, (value, at) => [value, y[at] ?? Number.NaN] as const);
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let least = Number.POSITIVE_INFINITY;
  let size = 0;
  for (const [, second] of points) {
    if (second >= least) continue;
    least = second;
    size++;
  }
  return size;
}

/** The value in the middle of an odd number of values. */
export function median(values: ArrayLike<number>): number {
  return Float64Array.from(values).sort()[(values.length - 1) / 2] ?? Number.NaN;
}
