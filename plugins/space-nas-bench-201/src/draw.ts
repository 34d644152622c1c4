import type { CellDrawing } from '@archer-nas/core';

import { type Cell, EDGES, OP, OPERATIONS } from './cell.ts';

/** The cell with its four nodes; edges that are `none` are left out. */
export function draw(cell: Cell): CellDrawing[] {
  const edges = EDGES.flatMap(([from, to], edge) => {
    const op = cell[edge] ?? OP.none;
    return op === OP.none ? [] : [{ from, to, label: OPERATIONS[op] ?? '' }];
  });
  return [{ name: 'cell', nodes: ['0', '1', '2', '3'], edges }];
}
