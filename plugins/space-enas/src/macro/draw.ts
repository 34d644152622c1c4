import type { CellDrawing } from '@archer-nas/core';

import { type MacroArchitecture, OPERATIONS, sourceName } from './architecture.ts';

/** The whole network: every layer's operation on the layer before, and its skips without label. */
export function draw(architecture: MacroArchitecture): CellDrawing[] {
  const nodes = [...architecture.keys(), architecture.length].map(sourceName);
  const edges = architecture.flatMap(({ op, skips }, layer) => [
    { from: layer, to: layer + 1, label: OPERATIONS[op] ?? '' },
    ...skips.flatMap((bit, from) => (bit === 1 ? [{ from, to: layer + 1, label: '' }] : [])),
  ]);
  return [{ name: 'network', nodes, edges }];
}
