import type { ObjectivePoint } from './hypervolume.ts';
import { mean } from './mean.ts';

/**
 * Inverted generational distance: the mean Euclidean distance from each point of the
 * reference front to the nearest of `points`; objectives are minimised and should be on one
 * scale. Coello and Sierra, "A study of the parallelization of a coevolutionary
 * multi-objective evolutionary algorithm", MICAI 2004. Infinite without points.
 */
export function igd(points: readonly ObjectivePoint[], front: readonly ObjectivePoint[]): number {
  return meanNearest(points, front, (a, b) => a - b);
}

/**
 * IGD+: like {@link igd}, but only what a point is worse counts, so that a dominating set is
 * never farther. Ishibuchi et al., "Modified distance calculation in generational distance
 * and inverted generational distance", EMO 2015.
 */
export function igdPlus(
  points: readonly ObjectivePoint[],
  front: readonly ObjectivePoint[],
): number {
  return meanNearest(points, front, (a, b) => Math.max(0, a - b));
}

/**
 * Additive epsilon: the least number that every point of the front may be worsened by, in all
 * objectives, so that `points` cover it. Zitzler et al., "Performance assessment of
 * multiobjective optimizers", TEVC 2003. Infinite without points.
 */
export function additiveEpsilon(
  points: readonly ObjectivePoint[],
  front: readonly ObjectivePoint[],
): number {
  nonEmpty(front);
  const needed = front.map((target) =>
    least(points, (point) => Math.max(...target.map((value, i) => (point[i] as number) - value))),
  );
  return Math.max(...needed);
}

function meanNearest(
  points: readonly ObjectivePoint[],
  front: readonly ObjectivePoint[],
  difference: (point: number, target: number) => number,
): number {
  nonEmpty(front);
  const distances = front.map((target) =>
    least(points, (point) =>
      Math.hypot(...target.map((value, i) => difference(point[i] as number, value))),
    ),
  );
  return mean(distances);
}

function nonEmpty(front: readonly ObjectivePoint[]): void {
  if (front.length === 0) throw new RangeError('the reference front has no points');
}

function least(points: readonly ObjectivePoint[], of: (point: ObjectivePoint) => number): number {
  return points.reduce((best, point) => Math.min(best, of(point)), Number.POSITIVE_INFINITY);
}
