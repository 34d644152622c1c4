/** The operations of choice blocks, in the order of NAS-Bench-101. */
export const OPERATIONS = ['conv3x3-bn-relu', 'conv1x1-bn-relu', 'maxpool3x3'] as const;

/** Index of the operation that stands for a vertex that is not there. */
export const CONV1X1 = 1;

/** The search spaces of Zela, Siems and Hutter (ICLR 2020). */
export const SPACES = [1, 2, 3] as const;

export type SpaceNumber = (typeof SPACES)[number];

/** How many parents each node has, of nodes 1 to N and then of the output; nine edges in all. */
const PARENTS: Readonly<Record<SpaceNumber, readonly number[]>> = {
  1: [1, 2, 2, 2, 2],
  2: [1, 1, 2, 2, 3],
  3: [1, 1, 1, 2, 2, 2],
};

/** One of the spaces. Node 0 is the cell's input, nodes 1 to N compute, node N + 1 is the output. */
export interface Definition {
  readonly number: SpaceNumber;
  /** N. */
  readonly blocks: number;
  /** By node, the sets of parents that it can have, ascending; of node 0 the empty one. */
  readonly parentSets: readonly (readonly (readonly number[])[])[];
}

/** The space of a number. */
export function definitionOf(number: SpaceNumber): Definition {
  const counts = PARENTS[number];
  const parentSets = counts.map((count, at) => subsets(at + 1, count));
  return { number, blocks: counts.length - 1, parentSets: [[[]], ...parentSets] };
}

/** The subsets of 0 … n − 1 of a size, in lexicographic order. */
export function subsets(n: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: Math.max(0, n - from) }, (_, i) => from + i).flatMap((first) =>
    subsets(n, size - 1, first + 1).map((rest) => [first, ...rest]),
  );
}
