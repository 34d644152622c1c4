/** A point of objective values, all to be minimised. */
export type ObjectivePoint = readonly number[];

/**
 * Volume of the part of the box below `reference` that the points dominate. Points that are
 * not better than the reference in every objective contribute nothing. Exact in any number of
 * objectives: a sweep in two, slices along the last objective above.
 *
 * @param reference the corner that bounds the volume, in the points' units
 * @throws RangeError when a point has another number of objectives than the reference, or a
 * number is NaN
 */
export function hypervolume(points: readonly ObjectivePoint[], reference: ObjectivePoint): number {
  if (reference.length === 0) throw new RangeError('hypervolume needs at least one objective');
  const inside = points.filter((point) => {
    check(point, reference);
    return point.every((value, i) => value < (reference[i] as number));
  });
  return volume(inside, reference, reference.length);
}

/**
 * What each point adds to the hypervolume of all: 0 for dominated points and for duplicates.
 */
export function hypervolumeContributions(
  points: readonly ObjectivePoint[],
  reference: ObjectivePoint,
): number[] {
  const all = hypervolume(points, reference);
  return points.map((_, left) => {
    const others = points.filter((_, i) => i !== left);
    return Math.max(0, all - hypervolume(others, reference));
  });
}

/**
 * log10 of the share of the best front's hypervolume that is missing: the curve to draw where
 * ratios saturate. `-Infinity` when nothing is missing.
 */
export function logHypervolumeDifference(volume: number, best: number): number {
  return Math.log10(Math.max(0, 1 - volume / best));
}

/**
 * Points on a common scale: 0 at `ideal`, 1 at `reference`, objective by objective.
 *
 * @throws RangeError when ideal and reference are equal in an objective
 */
export function normalisePoints(
  points: readonly ObjectivePoint[],
  ideal: ObjectivePoint,
  reference: ObjectivePoint,
): number[][] {
  const spans = reference.map((value, i) => value - (ideal[i] ?? Number.NaN));
  const flat = spans.findIndex((span) => !(span > 0));
  if (flat >= 0) {
    throw new RangeError(
      `objective ${flat}: the reference (${reference[flat]}) must be worse than the ideal (${ideal[flat]})`,
    );
  }
  return points.map((point) => {
    check(point, reference);
    return point.map((value, i) => (value - (ideal[i] as number)) / (spans[i] as number));
  });
}

function check(point: ObjectivePoint, reference: ObjectivePoint): void {
  if (point.length !== reference.length) {
    throw new RangeError(
      `a point has ${point.length} objectives, the reference point ${reference.length}`,
    );
  }
  if (point.some(Number.isNaN) || reference.some(Number.isNaN)) {
    throw new RangeError('objective values and reference points must be numbers, got NaN');
  }
}

/** Volume in the first `dimensions` objectives of points that are all below the reference. */
function volume(
  points: readonly ObjectivePoint[],
  reference: ObjectivePoint,
  dimensions: number,
): number {
  if (points.length === 0) return 0;
  if (dimensions === 1) return (reference[0] as number) - Math.min(...points.map(([f]) => f ?? 0));
  if (dimensions === 2) return area(points, reference);
  const last = dimensions - 1;
  const sorted = [...points].sort((a, b) => (a[last] as number) - (b[last] as number));
  // Between two neighbours along the last objective, the slice is the volume of all below it.
  return sorted.reduce((sum, point, i) => {
    const next = sorted[i + 1]?.[last] ?? (reference[last] as number);
    const height = next - (point[last] as number);
    if (height === 0) return sum;
    return sum + height * volume(nonDominated(sorted.slice(0, i + 1), last), reference, last);
  }, 0);
}

/** Two objectives: strips from left to right, each down from the lowest point before it. */
function area(points: readonly ObjectivePoint[], reference: ObjectivePoint): number {
  const [right = 0, top = 0] = reference;
  const sorted = [...points].sort(([a = 0], [b = 0]) => a - b);
  let lowest = top;
  let sum = 0;
  for (const [x = 0, y = 0] of sorted) {
    if (y >= lowest) continue;
    sum += (right - x) * (lowest - y);
    lowest = y;
  }
  return sum;
}

/** Drops points that another weakly dominates in the first `dimensions` objectives. */
function nonDominated(points: readonly ObjectivePoint[], dimensions: number): ObjectivePoint[] {
  const kept: ObjectivePoint[] = [];
  for (const point of points) {
    if (kept.some((other) => weaklyDominates(other, point, dimensions))) continue;
    const rest = kept.filter((other) => !weaklyDominates(point, other, dimensions));
    kept.splice(0, kept.length, ...rest, point);
  }
  return kept;
}

function weaklyDominates(a: ObjectivePoint, b: ObjectivePoint, dimensions: number): boolean {
  for (let i = 0; i < dimensions; i++) if ((a[i] as number) > (b[i] as number)) return false;
  return true;
}
