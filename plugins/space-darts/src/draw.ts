import type { CellDrawing } from '@archer-nas/core';

import { CELL_TYPES } from './edges.ts';
import { type Genotype, INPUTS, NODES, nodeOf, VOCABULARY } from './genotype.ts';

/** Both cells: two inputs, four nodes with two edges each, all concatenated to the output. */
export function draw(genotype: Genotype): CellDrawing[] {
  const nodes = Array.from({ length: NODES }, (_, node) => INPUTS + node);
  const output = INPUTS + NODES;
  return CELL_TYPES.map((name) => ({
    name,
    nodes: ['k−2', 'k−1', ...nodes.map(String), 'k'],
    edges: [
      ...genotype[name].map(({ op, from }, edge) => {
        return { from, to: nodeOf(edge), label: VOCABULARY[op] ?? '' };
      }),
      ...nodes.map((from) => ({ from, to: output, label: '' })),
    ],
  }));
}
