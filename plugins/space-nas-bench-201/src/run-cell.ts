import { addSite, type Candidate, type Forward, type Gate, MapSum, zeroMap } from '@archer-nas/nn';

import { EDGES, OP } from './cell.ts';
import type { FeatureMap } from './skeleton-layers.ts';

/** What runs on one edge of a cell. */
export interface Edge {
  readonly gate: Gate;
  /** Operation indices that the gate's options stand for. */
  readonly operations: readonly number[];
  /** One per option. */
  readonly candidates: readonly Candidate[];
}

const OUTPUT = 3;

/**
 * Node i is the sum over its edges. Edges into nodes that do not reach the output are not run:
 * they change neither the output nor any gradient.
 *
 * @param zeroStaysZero whether every candidate maps zeros to zeros; an edge from a node without
 * input is then not run either
 */
export function runCell(
  input: FeatureMap,
  edges: readonly Edge[],
  forward: Forward,
  zeroStaysZero: boolean,
): FeatureMap {
  const live = liveNodes(edges);
  const nodes: MapSum[] = [new MapSum(forward)];
  nodes[0]?.add(input, false);
  for (let to = 1; to <= OUTPUT; to++) {
    const node = new MapSum(forward);
    edges.forEach(({ gate, candidates }, edge) => {
      const [from, end] = EDGES[edge] ?? [0, 0];
      if (end !== to || !live[to]) return;
      const source = nodes[from]?.total;
      const x = source === undefined && !zeroStaysZero ? zeroMap(input, forward) : source;
      addSite(node, x, gate, candidates, forward);
    });
    nodes.push(node);
  }
  const output = nodes[OUTPUT]?.total ?? zeroMap(input, forward);
  for (const node of nodes) if (node.total !== output) node.dispose();
  return output;
}

/** Which nodes the output depends on. */
function liveNodes(edges: readonly Edge[]): boolean[] {
  const live = [false, false, false, true];
  for (let edge = EDGES.length - 1; edge >= 0; edge--) {
    const [from, to] = EDGES[edge] ?? [0, 0];
    if (live[to] && passes(edges[edge])) live[from] = true;
  }
  return live;
}

function passes(edge: Edge | undefined): boolean {
  if (edge === undefined) return false;
  if (edge.gate.partial !== undefined) return true; // the bypass does
  return edge.gate.support.some((option) => edge.operations[option] !== OP.none);
}
