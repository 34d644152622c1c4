import { type CellDrawing, type Choice, type ChoiceSpace, choiceSpace } from '@archer-nas/core';

import { type Cell, canonical, formatCell, parseCell } from './cell.ts';
import { type CostTask, costModel } from './costs.ts';
import { type Definition, definitionOf, OPERATIONS, type SpaceNumber } from './definition.ts';
import { allGraphs, graphKey, releasedGraphs, withoutLooseEnds } from './graphs.ts';
import type { Skeleton } from './skeleton.ts';

/** Which cells there are: all, or those whose graph the released generator finds. */
export type Cells = 'all' | 'released';

/** What the costs of a space are for. */
export interface CostSettings {
  /** Of the network that is trained alone. */
  readonly skeleton: Skeleton;
  readonly task: CostTask;
}

const NAS_BENCH_101: CostSettings = {
  skeleton: { channels: 128, cells: 3 },
  task: { classes: 10, image: 32 },
};

/**
 * A space of NAS-Bench-1Shot1 (Zela, Siems and Hutter, ICLR 2020): the parents of each node, whose
 * number is fixed, and an operation per block. Every architecture is a cell of NAS-Bench-101.
 */
export function oneShotSpace(
  number: SpaceNumber,
  cells: Cells = 'all',
  { skeleton, task }: CostSettings = NAS_BENCH_101,
): ChoiceSpace<Cell> {
  const definition = definitionOf(number);
  const { blocks, parentSets } = definition;
  const open = parentSets.flatMap((sets, node) => (sets.length > 1 ? [node] : []));
  const spec = {
    name: cells === 'all' ? `nas-bench-1shot1-${number}` : `nas-bench-1shot1-${number}-released`,
    decisions: decisionsOf(definition, open),
    encode: ({ graph, operations }: Cell): Choice[] => [
      ...open.map((node) => placeOf(graph[node] ?? [], parentSets[node] ?? [])),
      ...operations,
    ],
    decode: (choices: readonly Choice[]): Cell => ({
      graph: parentSets.map((sets, node) => sets[choices[open.indexOf(node)] ?? 0] ?? []),
      operations: choices.slice(open.length, open.length + blocks),
    }),
    format: (cell: Cell) => formatCell(cell, definition),
    parse: (text: string) => parseCell(text, definition),
    canonical,
    draw,
    costs: costModel(skeleton, task),
  };
  if (cells === 'all') return choiceSpace<Cell>(spec);
  const known = new Set(releasedGraphs(definition).map(graphKey));
  const isKnown = (graph: Cell['graph']) => known.has(graphKey(withoutLooseEnds(graph)));
  return choiceSpace<Cell>({
    ...spec,
    valid: (choices) => isKnown(spec.decode(Array.from(choices)).graph),
    count: (allowed) => {
      const parents = open.map((_, at) => new Set(allowed[at]));
      let graphs = 0n;
      for (const graph of allGraphs(definition)) {
        const choices = spec.encode({ graph, operations: [] });
        if (isKnown(graph) && parents.every((set, at) => set.has(choices[at] ?? -1))) graphs += 1n;
      }
      const labels = allowed.slice(open.length);
      return labels.reduce((product, options) => product * BigInt(options.length), graphs);
    },
  });
}

function placeOf(parents: readonly number[], sets: readonly (readonly number[])[]): number {
  return sets.findIndex((set) => set.join() === parents.join());
}

function decisionsOf({ blocks, parentSets }: Definition, open: readonly number[]) {
  const kind = 'categorical' as const;
  return [
    ...open.map((node) => ({
      name: node > blocks ? 'parents:output' : `parents:node${node}`,
      kind,
      options: (parentSets[node] ?? []).map((set) => set.join('+')),
    })),
    ...Array.from({ length: blocks }, (_, at) => ({
      name: `operation:node${at + 1}`,
      kind,
      options: [...OPERATIONS],
    })),
  ];
}

function draw({ graph, operations }: Cell): CellDrawing[] {
  const labels = operations.map((op) => OPERATIONS[op]?.split('-')[0] ?? '');
  const edges = graph.flatMap((parents, to) => parents.map((from) => ({ from, to, label: '' })));
  return [{ name: 'cell', nodes: ['in', ...labels, 'out'], edges }];
}
