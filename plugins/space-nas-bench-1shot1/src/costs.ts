import type { CostModel } from '@archer-nas/core';

import type { Cell } from './cell.ts';
import { OPERATIONS } from './definition.ts';
import { type Graph, withoutLooseEnds } from './graphs.ts';
import { nodeChannels } from './node-channels.ts';
import { type CellPlace, checkImage, placesOf, type Skeleton } from './skeleton.ts';

/** The classification task that a network is costed for. Images are RGB. */
export interface CostTask {
  readonly classes: number;
  /** Side of the square image in pixels. */
  readonly image: number;
}

/** A convolution with batch norm, where it runs. */
interface Layer {
  readonly kernel: number;
  readonly from: number;
  readonly to: number;
  /** Of its output. */
  readonly side: number;
}

/**
 * Costs of the network that is trained alone: `params` as NAS-Bench-101 counts them, `macs` the
 * multiply-adds of convolutions and classifier for one image, and one per bias.
 *
 * @throws ArcherError when the image cannot be halved twice
 */
export function costModel(skeleton: Skeleton, { classes, image }: CostTask): CostModel<Cell> {
  checkImage(image, image);
  const places = placesOf(skeleton, 1);
  const last = places.at(-1)?.channels ?? 0;
  const classifier = last * classes + classes;
  return {
    names: ['params', 'macs'],
    of: (cell) => {
      const layers = layersOf(cell, skeleton, places, image);
      const total = (cost: (layer: Layer) => number): number =>
        layers.reduce((sum, layer) => sum + cost(layer), classifier);
      return {
        // A filter, scale and offset of the batch norm.
        params: total(({ kernel, from, to }) => kernel ** 2 * from * to + 2 * to),
        macs: total(({ kernel, from, to, side }) => kernel ** 2 * from * to * side ** 2),
      };
    },
  };
}

function layersOf(
  { graph, operations }: Cell,
  { channels }: Skeleton,
  places: readonly CellPlace[],
  image: number,
): Layer[] {
  const pruned = withoutLooseEnds(graph);
  let side = image;
  const layers: Layer[] = [{ kernel: 3, from: 3, to: channels, side }];
  for (const place of places) {
    if (place.halves) side /= 2;
    layers.push(...cellLayers(pruned, operations, place).map((layer) => ({ ...layer, side })));
  }
  return layers;
}

/** A 1×1 projection of the input wherever it goes, and the blocks' convolutions. */
function cellLayers(
  graph: Graph,
  operations: readonly number[],
  { channels, from }: CellPlace,
): Omit<Layer, 'side'>[] {
  return nodeChannels(graph, channels).flatMap((own, at) => {
    const name = own > 0 ? (OPERATIONS[operations[at] ?? -1] ?? '') : '';
    const kernel = name.startsWith('conv3x3') ? 3 : 1;
    return [
      ...(graph[at + 1]?.includes(0) ? [{ kernel: 1, from, to: own }] : []),
      ...(name.startsWith('conv') ? [{ kernel, from: own, to: own }] : []),
    ];
  });
}
