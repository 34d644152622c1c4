import { type Genotype, INPUTS, NODES } from './genotype.ts';

/** The two kinds of cells; each has candidates and mixture weights of its own. */
export const CELL_TYPES = ['normal', 'reduce'] as const satisfies readonly (keyof Genotype)[];

export type CellType = (typeof CELL_TYPES)[number];

/** An edge of a cell that is being searched: every node reads all nodes before it. */
export interface SearchedEdge {
  readonly from: number;
  readonly to: number;
}

/** The 14 edges in the order of the papers: 0→2, 1→2, 0→3, 1→3, 2→3, … */
export const EDGES: readonly SearchedEdge[] = Array.from({ length: NODES }, (_, node) => {
  const to = INPUTS + node;
  return Array.from({ length: to }, (__, from) => ({ from, to }));
}).flat();

/** Position in {@link EDGES} of the edge into node `to` that reads `from`. */
export function edgeAt(from: number, to: number): number {
  return EDGES.findIndex((edge) => edge.from === from && edge.to === to);
}
