import {
  addSite,
  avgPool2x2,
  concatChannels,
  type Forward,
  type Gate,
  MapSum,
  type Candidate as SiteCandidate,
  zeroMap,
} from '@archer-nas/nn';

import type { FeatureMap } from './edge-operations.ts';
import { INPUTS, NODES } from './genotype.ts';

/** What runs on one edge of a cell. */
export interface CellEdge {
  readonly from: number;
  readonly to: number;
  readonly gate: Gate;
  /** One per option of the gate. */
  readonly candidates: readonly SiteCandidate[];
}

/**
 * Node i is the sum over its edges; the four nodes are concatenated. Frees the inputs.
 *
 * @param inputs of one size, with the cell's channels
 * @param halves whether the edges from the inputs halve the map
 */
export function runCell(
  inputs: readonly [FeatureMap, FeatureMap],
  edges: readonly CellEdge[],
  forward: Forward,
  halves: boolean,
): FeatureMap {
  const nodes = inputs.map((input) => {
    const node = new MapSum(forward);
    node.add(input, true);
    return node;
  });
  for (let to = INPUTS; to < INPUTS + NODES; to++) {
    const node = new MapSum(forward);
    for (const { from, to: end, gate, candidates } of edges) {
      if (end === to) addSite(node, nodes[from]?.total, gate, candidates, forward);
    }
    if (node.total === undefined) node.add(zeros(inputs[0], forward, halves), true);
    nodes.push(node);
  }
  const output = concatChannels(
    nodes.slice(INPUTS).map(({ total }) => total as FeatureMap), // none is left without
    forward,
  );
  for (const node of nodes) node.dispose();
  return output;
}

/** A node without input: zeros of the nodes' size. */
function zeros(input: FeatureMap, forward: Forward, halves: boolean): FeatureMap {
  if (!halves) return zeroMap(input, forward);
  const half = avgPool2x2(input, forward);
  const map = zeroMap(half, forward);
  half.dispose();
  return map;
}
