import { type CellGraph, type Genotype, INPUTS, OP } from './genotype.ts';

/** The macro skeleton of the network that is trained alone; the paper's is 36 and 20. */
export interface Skeleton {
  /** Channels of the first cells' nodes; the stem has three times as many. */
  readonly channels: number;
  readonly cells: number;
  readonly classes: number;
}

const STEM_FACTOR = 3;
const IMAGE_CHANNELS = 3;
/** A cell's output: its four nodes, concatenated. */
const CONCATENATED = 4;

/** Whether a cell halves the image and doubles the channels: those at a third and two thirds. */
export function isReduction(cell: number, cells: number): boolean {
  return cell === Math.floor(cells / 3) || cell === Math.floor((2 * cells) / 3);
}

/**
 * Trainable parameters on CIFAR images, with scale and offset of every batch norm and without
 * the auxiliary head.
 */
export function networkParams(genotype: Genotype, { channels, cells, classes }: Skeleton): number {
  const stem = STEM_FACTOR * channels;
  let params = convNorm(9 * IMAGE_CHANNELS, stem);
  let [beforeLast, last] = [stem, stem];
  let width = channels;
  for (let cell = 0; cell < cells; cell++) {
    const reduction = isReduction(cell, cells);
    if (reduction) width *= 2;
    // Both inputs become `width` channels; a factorised reduction has as many as a 1×1.
    params += convNorm(beforeLast, width) + convNorm(last, width);
    const graph: CellGraph = reduction ? genotype.reduce : genotype.normal;
    for (const { op, from } of graph) params += edgeParams(op, width, reduction && from < INPUTS);
    [beforeLast, last] = [last, CONCATENATED * width];
  }
  return params + last * classes + classes;
}

/** `fanIn` weights per output channel, scale and offset. */
function convNorm(fanIn: number, to: number): number {
  return fanIn * to + 2 * to;
}

function edgeParams(op: number, width: number, halves: boolean): number {
  // Depthwise k×k, pointwise, norm.
  const separable = (kernel: number): number => kernel ** 2 * width + convNorm(width, width);
  switch (op) {
    case OP.skip:
      return halves ? convNorm(width, width) : 0;
    case OP.sepConv3:
      return 2 * separable(3);
    case OP.sepConv5:
      return 2 * separable(5);
    case OP.dilConv3:
      return separable(3);
    case OP.dilConv5:
      return separable(5);
    default:
      return 0;
  }
}
