import { type Allowed, type ChoiceSpace, choiceSpace } from '@archer-nas/core';

import { canonical } from './canonical.ts';
import { type Cell, EDGES, formatCell, isConnected, OPERATIONS, parseCell } from './cell.ts';
import { type CostTask, costModel } from './costs.ts';
import { draw } from './draw.ts';
import { nodeThenEdge } from './node-then-edge.ts';
import type { Skeleton } from './skeleton.ts';

/** The space without its networks: everything that needs no tensors. */
export type CellSpace = Required<Omit<ChoiceSpace<Cell>, 'timedBlocks'>>;

/** Every operation on every edge. */
export const ALL_ALLOWED: Allowed = EDGES.map(() => OPERATIONS.map((_, op) => op));

const decisions = EDGES.map(([from, to], edge) => ({
  name: `edge${edge}:${from}-${to}`,
  kind: 'categorical' as const,
  options: OPERATIONS,
}));

/** What does not depend on the skeleton. */
const cells = {
  name: 'nas-bench-201',
  decisions,
  encode: (cell: Cell) => cell,
  decode: (operations: readonly number[]) => operations as unknown as Cell, // six, in range
  format: formatCell,
  parse: parseCell,
};

/** What a space of cells counts its costs for, and how it mutates. */
export interface CellSettings {
  readonly skeleton: Skeleton;
  readonly task: CostTask;
  readonly mutation?: 'edge' | 'node-then-edge' | undefined;
}

/** The cells whose operations are in `allowed`; a choice is a position in the list of its edge. */
export function cellSpace(allowed: Allowed, { skeleton, task, mutation }: CellSettings): CellSpace {
  const spec = mutation === 'node-then-edge' ? { ...cells, mutation: nodeThenEdge } : cells;
  return {
    ...choiceSpace(spec, allowed),
    canonical,
    draw,
    isConnected,
    costs: costModel(skeleton, task, allowed),
  };
}
