import { type Genotype, INPUTS, OP } from './genotype.ts';
import { cellsOf, lastChannels, type NetworkSize, STEM_FACTOR } from './skeleton.ts';

/** The macro skeleton of the network that is trained alone; the paper's is 36 and 20. */
export interface Skeleton extends NetworkSize {
  readonly classes: number;
}

const IMAGE_CHANNELS = 3;

/**
 * Trainable parameters on CIFAR images, with scale and offset of every batch norm and without
 * the auxiliary head.
 */
export function networkParams(genotype: Genotype, { classes, ...size }: Skeleton): number {
  let params = convNorm(9 * IMAGE_CHANNELS, STEM_FACTOR * size.channels);
  for (const { type, channels, inputs } of cellsOf(size)) {
    // Both inputs become `channels` wide; a factorised reduction has as many as a 1×1.
    for (const from of inputs) params += convNorm(from, channels);
    for (const { op, from } of genotype[type]) {
      params += edgeParams(op, channels, type === 'reduce' && from < INPUTS);
    }
  }
  return params + (lastChannels(size) + 1) * classes;
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
