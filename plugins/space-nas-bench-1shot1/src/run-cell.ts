import {
  addSite,
  concatChannels,
  convBnRelu,
  type Forward,
  firstChannels,
  type Gate,
  gatedInput,
  type InputMap,
  MapSum,
  zeroMap,
} from '@archer-nas/nn';

import { blockCandidate } from './block-operations.ts';
import { type CellShape, projection, seenChannels } from './cell-shape.ts';
import type { FeatureMap } from './skeleton-layers.ts';

/** What runs in a cell, by node: which of its inputs, and which of its operations. */
export interface CellGates {
  readonly inputs: readonly Gate[];
  readonly operations: readonly Gate[];
}

/**
 * A block is an operation of the sum of its inputs; the output is the blocks that it reads, one
 * behind the other, plus the projected input of the cell, if it reads that. Blocks that nobody
 * reads are not run. Leaves x to its owner.
 */
export function runCell(
  x: FeatureMap,
  shape: CellShape,
  gates: CellGates,
  forward: Forward,
): FeatureMap {
  const cell = new RunningCell(x, shape, gates, forward);
  const output = shape.channels.length - 1;
  const isRead = readNodes(shape, gates);
  for (let node = 1; node < output; node++) if (isRead[node]) cell.runBlock(node);
  const y = cell.output();
  cell.dispose();
  return y;
}

/** Which nodes the output depends on. */
function readNodes(shape: CellShape, gates: CellGates): boolean[] {
  const last = shape.channels.length - 1;
  const isRead = shape.channels.map((_, node) => node === last);
  for (let node = last; node > 0; node--) {
    if (!isRead[node]) continue;
    for (const [from] of edgesInto(node, shape, gates)) isRead[from] = true;
  }
  return isRead;
}

/** The inputs of a node that the gate lets in, each with the option that it is in. */
function edgesInto(
  node: number,
  { inputs }: CellShape,
  gates: CellGates,
): (readonly [from: number, option: number])[] {
  const support = gates.inputs[node]?.support ?? [];
  return support.flatMap((option) =>
    (inputs[node]?.[option] ?? []).map((from) => [from, option] as const),
  );
}

class RunningCell {
  readonly #x: FeatureMap;
  readonly #shape: CellShape;
  readonly #gates: CellGates;
  readonly #forward: Forward;
  /** By node. */
  readonly #blocks: (FeatureMap | undefined)[] = [];
  readonly #projections: (FeatureMap | undefined)[] = [];

  constructor(x: FeatureMap, shape: CellShape, gates: CellGates, forward: Forward) {
    this.#x = x;
    this.#shape = shape;
    this.#gates = gates;
    this.#forward = forward;
  }

  runBlock(node: number): void {
    const { name, operations, partial } = this.#shape;
    const input = new MapSum(this.#forward);
    for (const { map, own } of this.#inputs(node)) input.add(map, own);
    if (input.total === undefined) input.add(this.#zeros(node), true);
    const place = { name: `${name}.node${node}`, channels: seenChannels(this.#shape, node) };
    const candidates = (operations[node] ?? []).map((op) =>
      blockCandidate(op, place, this.#forward),
    );
    const gate = gateOf(this.#gates.operations, node);
    const seen = partial === undefined ? gate : { ...gate, partial: { of: partial } };
    const y = new MapSum(this.#forward);
    addSite(y, input.total, seen, candidates, this.#forward);
    this.#blocks[node] = y.total ?? this.#zeros(node);
    input.dispose();
  }

  output(): FeatureMap {
    const { channels, slots } = this.#shape;
    const node = channels.length - 1;
    const gate = gateOf(this.#gates.inputs, node);
    const sum = new MapSum(this.#forward);
    const parts = new Map(slots.map((block) => [block, new MapSum(this.#forward)]));
    for (const [from, option] of edgesInto(node, this.#shape, this.#gates)) {
      const map = from === 0 ? this.#projected(node) : (this.#blocks[from] as FeatureMap); // read
      const input = gatedInput({ map, own: false }, gate, option, this.#forward);
      (parts.get(from) ?? sum).add(input.map, input.own);
    }
    for (const [block, part] of parts) {
      if (part.total === undefined) part.add(this.#zeros(block), true);
    }
    const maps = [...parts.values()].map(({ total }) => total as FeatureMap); // zeros were added
    const concatenated = concatChannels(maps, this.#forward);
    sum.add(concatenated, true);
    for (const part of parts.values()) part.dispose();
    return sum.total as FeatureMap; // was added
  }

  dispose(): void {
    for (const map of [...this.#blocks, ...this.#projections]) map?.dispose();
  }

  /** As the node's gate lets them in. */
  #inputs(node: number): InputMap[] {
    const gate = gateOf(this.#gates.inputs, node);
    return edgesInto(node, this.#shape, this.#gates).map(([from, option]) =>
      gatedInput(this.#inputFrom(from, node), gate, option, this.#forward),
    );
  }

  /** With the node's channels: where a block has more, the first of them. */
  #inputFrom(from: number, node: number): InputMap {
    if (from === 0) return { map: this.#projected(node), own: false };
    const map = this.#blocks[from] as FeatureMap; // earlier nodes that are read have run
    const channels = this.#shape.channels[node] ?? 0;
    if (map.shape[3] === channels) return { map, own: false };
    return { map: firstChannels(map, channels, this.#forward), own: true };
  }

  #projected(node: number): FeatureMap {
    const map =
      this.#projections[node] ??
      convBnRelu(this.#x, this.#forward, ...projection(this.#shape, node));
    this.#projections[node] = map;
    return map;
  }

  /** A map of zeros of a node's size. */
  #zeros(node: number): FeatureMap {
    const isAlike = (map?: FeatureMap): boolean =>
      map !== undefined && map.shape[3] === this.#shape.channels[node];
    const like = this.#blocks.find(isAlike) ?? this.#projected(node);
    return zeroMap(like, this.#forward);
  }
}

function gateOf(gates: readonly Gate[], node: number): Gate {
  const gate = gates[node];
  if (gate !== undefined) return gate;
  throw new RangeError(`no gate for node ${node}: too few gates were given`);
}
