import { ArcherError, EXIT } from '@archer-nas/core';

import { CONV1X1, type Definition, OPERATIONS } from './definition.ts';
import { type Graph, withoutLooseEnds } from './graphs.ts';

/** An architecture: the graph, and the operation of each block as an index of NAS-Bench-101. */
export interface Cell {
  readonly graph: Graph;
  readonly operations: readonly number[];
}

/** Vertices of a cell of NAS-Bench-101; where a space has fewer, one before the output is empty. */
const VERTICES = 7;

/** The vertex that a node becomes: the output is always the last. */
function vertexOf(node: number, { blocks }: Definition): number {
  return node === blocks + 1 ? VERTICES - 1 : node;
}

/**
 * The notation of NAS-Bench-101: the strictly upper triangle of the adjacency matrix of seven
 * vertices, column by column, and the operations of the five inner vertices. In spaces 1 and 2
 * vertex 5 has no edges and is called a 1×1 convolution.
 */
export function formatCell({ graph, operations }: Cell, definition: Definition): string {
  const edges = new Set(
    graph.flatMap((parents, node) =>
      parents.map((parent) => `${parent} ${vertexOf(node, definition)}`),
    ),
  );
  let digits = '';
  for (let to = 1; to < VERTICES; to++) {
    for (let from = 0; from < to; from++) digits += edges.has(`${from} ${to}`) ? 1 : 0;
  }
  const empty = VERTICES - 2 - operations.length;
  return `${digits}:${[...operations, ...new Array<number>(empty).fill(CONV1X1)].join('')}`;
}

/**
 * Inverse of {@link formatCell}.
 *
 * @throws ArcherError `ARCHER_1SHOT1_CELL` saying what is wrong
 */
export function parseCell(text: string, definition: Definition): Cell {
  const [, digits, labels] = /^([01]{21}):([0-2]{5})$/.exec(text.trim()) ?? [];
  if (digits === undefined || labels === undefined) {
    throw malformed(text, definition, 'it has not 21 edge digits and 5 operations');
  }
  const { blocks, parentSets } = definition;
  const parentsOf = (vertex: number): number[] => {
    const column = digits.slice((vertex * (vertex - 1)) / 2).slice(0, vertex);
    return Array.from(column).flatMap((digit, from) => (digit === '1' ? [from] : []));
  };
  const graph = parentSets.map((_, node) =>
    node === 0 ? [] : parentsOf(vertexOf(node, definition)),
  );
  graph.forEach((parents, node) => {
    const [first = []] = parentSets[node] ?? [];
    if (parents.length === first.length && parents.every((parent) => parent <= blocks)) return;
    throw malformed(
      text,
      definition,
      `node ${node} has ${parents.length} parents, not ${first.length}`,
    );
  });
  const operations = Array.from(labels, Number);
  const empty = operations.slice(blocks);
  if (blocks + 2 < VERTICES && (parentsOf(VERTICES - 2).length > 0 || empty[0] !== CONV1X1)) {
    throw malformed(text, definition, 'vertex 5 must be a 1×1 convolution without edges');
  }
  return { graph, operations: operations.slice(0, blocks) };
}

/**
 * Equal for cells that are one network when trained alone: loose ends dropped, whatever the
 * numbers of the nodes are.
 */
export function canonical({ graph, operations }: Cell): string {
  const pruned = withoutLooseEnds(graph);
  const output = graph.length - 1;
  const used = pruned.flatMap((parents, node) =>
    parents.length > 0 && node < output ? [node] : [],
  );
  const names = orders(used).map((order) => {
    const place = new Map([
      [0, 0],
      ...order.map((node, at) => [node, at + 1] as const),
      [output, output],
    ]);
    const rows = [...order, output].map((node) => {
      const parents = (pruned[node] ?? []).map((parent) => place.get(parent) ?? -1).sort();
      return `${node === output ? '' : operations[node - 1]}<${parents.join('')}`;
    });
    return rows.join(' ');
  });
  return names.reduce((least, name) => (name < least ? name : least));
}

function orders(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) =>
    orders(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}

function malformed(text: string, { number }: Definition, reason: string): ArcherError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new ArcherError(
    'ARCHER_1SHOT1_CELL',
    `"${shown}" is no cell of space ${number} of NAS-Bench-1Shot1: ${reason}.`,
    {
      hint:
        'The form is <edges>:<operations> with seven vertices, as in NAS-Bench-101 ' +
        `(${OPERATIONS.map((name, op) => `${op} ${name}`).join(', ')}).`,
      exit: EXIT.usage,
    },
  );
}
