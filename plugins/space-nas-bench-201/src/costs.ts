import type { CostModel } from '@archer-nas/core';

import { type Cell, EDGES, OP, OPERATIONS } from './cell.ts';
import { blocksOf, checkImage, lastChannels, type Skeleton } from './skeleton.ts';

/** The classification task that a network is costed for. Images are RGB. */
export interface CostTask {
  readonly classes: number;
  /** Side of the square image in pixels. */
  readonly image: number;
}

/** One line of a cost: what the skeleton costs, and what an edge costs per operation. */
interface Line {
  readonly base: number;
  /** By operation index. */
  readonly perOperation: readonly number[];
}

const IMAGE_CHANNELS = 3;

/**
 * Costs of the network that is trained alone, in the benchmark's convention: `params` counts
 * trainable values with the scale and offset of each batch norm; `macs` counts multiply-adds of
 * convolutions and classifier for one image, and one per bias. Convolutions on dead edges count;
 * normalisation, pooling, ReLU and additions do not.
 *
 * @param operations per edge, the operation of each option: a sub-space has fewer
 * @throws ArcherError when the image cannot be halved twice
 */
export function costModel(
  skeleton: Skeleton,
  task: CostTask,
  operations: readonly (readonly number[])[] = EDGES.map(() => OPERATIONS.map((_, op) => op)),
): CostModel<Cell> {
  checkImage(task.image, task.image);
  const lines = { params: paramsLine(skeleton, task), macs: macsLine(skeleton, task) };
  const total = (line: Line, cell: Cell): number =>
    cell.reduce((sum, op) => sum + (line.perOperation[op] ?? 0), line.base);
  const additive = (line: Line) => ({
    base: line.base,
    perChoice: operations.map((options) => options.map((op) => line.perOperation[op] ?? 0)),
  });
  return {
    names: ['params', 'macs'],
    of: (cell) => ({ params: total(lines.params, cell), macs: total(lines.macs, cell) }),
    additive: { params: additive(lines.params), macs: additive(lines.macs) },
  };
}

function paramsLine(skeleton: Skeleton, task: CostTask): Line {
  // Weights without bias, then scale and offset of the batch norm.
  const convNorm = (kernel: number, from: number, to: number) => kernel ** 2 * from * to + 2 * to;
  const head = lastChannels(skeleton);
  let base = convNorm(3, IMAGE_CHANNELS, skeleton.channels);
  base += 2 * head + head * task.classes + task.classes;
  let conv1x1 = 0;
  let conv3x3 = 0;
  for (const block of blocksOf(skeleton)) {
    if (block.kind === 'cell') {
      conv1x1 += convNorm(1, block.channels, block.channels);
      conv3x3 += convNorm(3, block.channels, block.channels);
    } else {
      const to = 2 * block.from;
      base += convNorm(3, block.from, to) + convNorm(3, to, to) + block.from * to;
    }
  }
  return { base, perOperation: perOperation(conv1x1, conv3x3) };
}

function macsLine(skeleton: Skeleton, task: CostTask): Line {
  const conv = (kernel: number, from: number, to: number, side: number) =>
    kernel ** 2 * from * to * side ** 2;
  const head = lastChannels(skeleton);
  let side = task.image;
  let base = conv(3, IMAGE_CHANNELS, skeleton.channels, side);
  base += head * task.classes + task.classes;
  let conv1x1 = 0;
  let conv3x3 = 0;
  for (const block of blocksOf(skeleton)) {
    if (block.kind === 'cell') {
      conv1x1 += conv(1, block.channels, block.channels, side);
      conv3x3 += conv(3, block.channels, block.channels, side);
    } else {
      side /= 2;
      const to = 2 * block.from;
      base += conv(3, block.from, to, side) + conv(3, to, to, side);
      base += conv(1, block.from, to, side);
    }
  }
  return { base, perOperation: perOperation(conv1x1, conv3x3) };
}

function perOperation(conv1x1: number, conv3x3: number): number[] {
  return OPERATIONS.map((_, op) => {
    if (op === OP.conv1x1) return conv1x1;
    return op === OP.conv3x3 ? conv3x3 : 0;
  });
}
