import type { Allowed } from '@archer-nas/core';
import { type Forward, IMAGES, type Piece, zeroMap } from '@archer-nas/nn';

import { EDGES, OP } from './cell.ts';

import { type EdgePlace, type LayerStyle, operation } from './edge-operations.ts';
import { edgeName, inSets, operationsName } from './shared-operations.ts';
import { blocksOf, type Skeleton } from './skeleton.ts';
import { type FeatureMap, head, reduction, stem } from './skeleton-layers.ts';

/** What the pieces of a supernet are made of. */
export interface PiecesPlan {
  readonly skeleton: Skeleton;
  readonly classes: number;
  /** Batch norms have no offsets: with the batch's statistics every operation keeps zeros. */
  readonly style: LayerStyle & { readonly affine: false };
  /** Of stem, reduction blocks and head. */
  readonly frame: LayerStyle;
  /** Per edge, the operations that can run there. */
  readonly operations: Allowed;
  /** The edges of a cell share so many sets of operations; absent: each edge has its own. */
  readonly sets?: number | undefined;
}

/**
 * The supernet's single-path forward pass in pieces, one for each edge. An edge adds to what the
 * earlier edges have put into its node; edges that carry nothing, and those into nodes that do not
 * reach the output, are in no path's plan.
 */
export function supernetPieces(plan: PiecesPlan): Piece[] {
  const { skeleton, classes, style, frame, operations } = plan;
  const pieces: Piece[] = [];
  const add = (piece: Piece): number => pieces.push(piece) - 1;
  let x = add(
    layer('stem', IMAGES, (images, forward) => stem(images, forward, skeleton.channels, frame)),
  );
  for (const block of blocksOf(skeleton)) {
    if (block.kind === 'reduction') {
      const { name } = block;
      x = add(layer(name, x, (input, forward) => reduction(input, forward, name, frame)));
      continue;
    }
    const nodes: (number | undefined)[] = [x];
    for (const [edge, [from, to]] of EDGES.entries()) {
      const { cell, channels } = block;
      const place = (option: number): EdgePlace => {
        return { name: operationsName(plan, { cell, edge, option }), channels };
      };
      const own = {
        name: edgeName(cell, edge),
        ...{ place, style, site: cell * EDGES.length + edge },
        operations: inSets(operations[edge] ?? [], plan.sets),
      };
      // Edges are in order.
      nodes[to] = add(edgePiece(own, { source: nodes[from] as number, sum: nodes[to] }));
    }
    x = add(cellOutput(`cell${block.cell}`, nodes[3] as number, x));
  }
  add(layer('head', x, (input, forward) => head(input, forward, classes, frame)));
  return pieces;
}

/** A piece that every path runs. */
function layer(
  name: string,
  input: number,
  run: (x: FeatureMap, forward: Forward) => ReturnType<Piece['run']>,
): Piece {
  return { name, inputs: [input], run: ([x], forward) => run(x as FeatureMap, forward) };
}

interface EdgePlan {
  readonly name: string;
  /** Where the operation of an option has its parameters. */
  readonly place: (option: number) => EdgePlace;
  readonly site: number;
  readonly style: LayerStyle;
  readonly operations: readonly number[];
}

const SOURCE = 0;
const SUM = 1;

function edgePiece(
  { name, place, site, style, operations }: EdgePlan,
  { source, sum }: { readonly source: number; readonly sum: number | undefined },
): Piece {
  const opOf = (option: number): number => operations[option] ?? OP.none;
  return {
    name,
    inputs: sum === undefined ? [source] : [source, sum],
    site,
    shortcut(option, zeros) {
      const empty = zeros[SUM] ?? true;
      if (zeros[SOURCE] || opOf(option) === OP.none) return empty ? 'zeros' : SUM;
      return empty && opOf(option) === OP.skip ? SOURCE : undefined;
    },
    run([x, sum], forward, option) {
      const y = operation(opOf(option), place(option), style, forward)(x as FeatureMap, sum);
      return y as FeatureMap; // `none` is never run
    },
  };
}

/** The last node, or zeros of its size, which the next layers need as a tensor. */
function cellOutput(name: string, node: number, input: number): Piece {
  return {
    name: `${name}.zeros`,
    inputs: [node, input],
    shortcut: (_, [zeros]) => (zeros ? undefined : 0),
    run: ([, x], forward) => zeroMap(x as FeatureMap, forward),
  };
}
