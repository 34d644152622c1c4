import type { Gate, Network, NetworkTask } from '@archer-nas/nn';

import type { Cell } from './cell.ts';
import { type CellShape, cellParameters } from './cell-shape.ts';
import { withoutLooseEnds } from './graphs.ts';
import { nodeChannels } from './node-channels.ts';
import { runCell } from './run-cell.ts';
import { type CellPlace, checkImage, placesOf, type Skeleton } from './skeleton.ts';
import { type FeatureMap, head, headParameters, stem, stemParameters } from './skeleton-layers.ts';
import { throughCells } from './through-cells.ts';

/**
 * The network of a cell as NAS-Bench-101 trains it, without the nodes that nobody reads.
 * Parameters are named as in the supernet.
 *
 * @throws ArcherError when the image cannot be halved twice
 */
export function cellNetwork(skeleton: Skeleton, task: NetworkTask, cell: Cell): Network {
  const { classes, image } = task;
  checkImage(image.height, image.width);
  const places = placesOf(skeleton, 1);
  const last = places.at(-1) as CellPlace; // three stacks have cells
  return {
    classes,
    image,
    sites: [],
    parameters: [
      ...stemParameters(image.channels, skeleton.channels),
      ...places.flatMap((place) => cellParameters(trainedShape(cell, place))),
      ...headParameters(last.channels, classes),
    ],
    forward: (images, _, forward) => {
      const run = (x: FeatureMap, place: CellPlace) => {
        const shape = trainedShape(cell, place);
        return runCell(x, shape, everything(shape), forward);
      };
      const x = throughCells(stem(images, forward, skeleton.channels), places, run, forward);
      return head(x, forward, classes);
    },
  };
}

/** A cell with the parents and the operations of one architecture. */
export function trainedShape(
  { graph, operations }: Cell,
  { name, channels, from }: CellPlace,
): CellShape {
  const pruned = withoutLooseEnds(graph);
  const output = graph.length - 1;
  const isThere = (node: number): boolean => (pruned[node] ?? []).length > 0;
  return {
    ...{ name, from, partial: undefined },
    channels: [from, ...nodeChannels(pruned, channels)],
    inputs: pruned.map((parents, node) => (isThere(node) ? [parents] : [])),
    operations: pruned.map((_, node) => {
      return isThere(node) && node < output ? [operations[node - 1] ?? 0] : [];
    }),
    slots: (pruned[output] ?? []).filter((parent) => parent > 0),
  };
}

const ONLY: Gate = { support: [0] };

/** The gates that run all of a shape with one option of each node. */
export function everything({ channels }: CellShape) {
  const gates = channels.map(() => ONLY);
  return { inputs: gates, operations: gates };
}
