import type { CellDrawing } from '@archer-nas/core';

import {
  CELL_TYPES,
  INPUTS,
  looseEnds,
  type MicroArchitecture,
  type MicroCell,
  OPERATIONS,
} from './cells.ts';

/** Both cells: the branches of every node, and which nodes are the output. */
export function draw(architecture: MicroArchitecture): CellDrawing[] {
  return CELL_TYPES.map((name) => ({ name, ...graphOf(architecture[name]) }));
}

function graphOf(cell: MicroCell): Omit<CellDrawing, 'name'> {
  const output = INPUTS + cell.length;
  const branches = cell.flatMap((node, at) =>
    node.map(({ input, op }) => ({ from: input, to: INPUTS + at, label: OPERATIONS[op] ?? '' })),
  );
  const ends = looseEnds(cell).map((from) => ({ from, to: output, label: '' }));
  const nodes = ['k−2', 'k−1', ...cell.map((_, at) => String(INPUTS + at)), 'k'];
  return { nodes, edges: [...branches, ...ends] };
}
