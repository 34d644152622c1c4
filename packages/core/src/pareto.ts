/** How two candidates stand, by their numbers: -1 the first is better, 1 the second; see `Objective`. */
export type Comparison = (i: number, j: number) => -1 | 0 | 1 | undefined;

/**
 * Fast non-dominated sorting (Deb et al., "NSGA-II", 2002): the first front has those that no
 * other is better than, the second those that only the first front is better than, and so on.
 * O(count²) comparisons; candidates keep their order within a front.
 */
export function nonDominatedFronts(count: number, compare: Comparison): number[][] {
  const beats: number[][] = Array.from({ length: count }, () => []);
  const beatenBy = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const order = compare(i, j);
      if (order !== -1 && order !== 1) continue;
      const [better, worse] = order === -1 ? [i, j] : [j, i];
      beats[better]?.push(worse);
      beatenBy[worse] = (beatenBy[worse] ?? 0) + 1;
    }
  }
  const fronts: number[][] = [];
  let front = Array.from({ length: count }, (_, i) => i).filter((i) => beatenBy[i] === 0);
  while (front.length > 0) {
    fronts.push(front);
    front = nextFront(front, beats, beatenBy);
  }
  return fronts;
}

function nextFront(front: readonly number[], beats: readonly number[][], beatenBy: Int32Array) {
  const next: number[] = [];
  for (const i of front) {
    for (const j of beats[i] ?? []) {
      beatenBy[j] = (beatenBy[j] ?? 0) - 1;
      if (beatenBy[j] === 0) next.push(j);
    }
  }
  return next.sort((a, b) => a - b);
}

/**
 * Crowding distance of each point of a front (Deb et al., 2002, section III-B): per objective
 * the gap between its neighbours as a share of the range, summed; infinite at the ends. The
 * engine that NSGA-Net was released with divides this by the number of objectives.
 */
export function crowdingDistances(points: readonly (readonly number[])[]): number[] {
  const distances = points.map(() => 0);
  for (let k = 0; k < (points[0]?.length ?? 0); k++) {
    const at = (i: number): number => points[i]?.[k] as number; // points are of one length
    const order = points.map((_, i) => i).sort((i, j) => at(i) - at(j) || i - j);
    const first = order[0] as number; // there is a point, of which the loop's bound was read
    const last = order.at(-1) as number;
    const range = difference(at(last), at(first));
    distances[first] = Number.POSITIVE_INFINITY;
    distances[last] = Number.POSITIVE_INFINITY;
    if (range === 0) continue;
    for (let i = 1; i < order.length - 1; i++) {
      const here = order[i] as number;
      const gap = difference(at(order[i + 1] as number), at(order[i - 1] as number));
      distances[here] = (distances[here] as number) + shareOf(gap, range);
    }
  }
  return distances;
}

/** 0 also between two values that are infinite and equal. */
function difference(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** Of an infinite range an infinite gap is all, and a finite one nothing. */
function shareOf(gap: number, range: number): number {
  if (Number.isFinite(range)) return gap / range;
  return Number.isFinite(gap) ? 0 : 1;
}
