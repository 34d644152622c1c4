import { type Genotype, INPUTS, OP } from './genotype.ts';
import {
  cellsOf,
  firstChannels,
  lastChannels,
  type NetworkSize,
  stemChannels,
  stemStride,
} from './skeleton.ts';

/** The macro skeleton of the network that is trained alone; the paper's is 36 and 20. */
export interface Skeleton extends NetworkSize {
  readonly classes: number;
  /** Side of its images; default 32, and 224 with the stem for ImageNet. */
  readonly image?: number | undefined;
}

/** What a network costs. */
export interface NetworkCosts {
  /** Trainable parameters, with scale and offset of every batch norm. */
  readonly params: number;
  /** Multiply-adds of one image in convolutions and classifier; norms and pools are not counted. */
  readonly macs: number;
}

const IMAGE_CHANNELS = 3;

/** Side of the images that a skeleton's `macs` are counted for. */
export function imageOf({ stem, image }: Skeleton): number {
  return image ?? (stem === 'imagenet' ? 224 : 32);
}

/** Of one genotype, without the auxiliary head. */
export function networkCosts(genotype: Genotype, skeleton: Skeleton): NetworkCosts {
  const { classes } = skeleton;
  const image = imageOf(skeleton);
  const parts = [stemCosts(skeleton, image)];
  let pixels = (image / stemStride(skeleton)) ** 2;
  for (const { type, channels, inputs } of cellsOf(skeleton)) {
    // Both inputs become `channels` wide; a factorised reduction costs what a 1×1 does.
    for (const from of inputs) parts.push(convNorm(from, channels, pixels));
    if (type === 'reduce') pixels /= 4;
    for (const { op, from } of genotype[type]) {
      parts.push(edgeCosts(op, channels, pixels, type === 'reduce' && from < INPUTS));
    }
  }
  const last = lastChannels(skeleton);
  return sum([...parts, { params: (last + 1) * classes, macs: last * classes }]);
}

/** Of 3×3 convolutions: one, or for ImageNet three of stride 2. */
function stemCosts(skeleton: Skeleton, image: number): NetworkCosts {
  const channels = stemChannels(skeleton);
  if (skeleton.stem !== 'imagenet') return convNorm(9 * IMAGE_CHANNELS, channels, image ** 2);
  const half = firstChannels(skeleton);
  return sum([
    convNorm(9 * IMAGE_CHANNELS, half, (image / 2) ** 2),
    convNorm(9 * half, channels, (image / 4) ** 2),
    convNorm(9 * channels, channels, (image / 8) ** 2),
  ]);
}

/** `fanIn` weights per output channel, scale and offset. */
function convNorm(fanIn: number, to: number, pixels: number): NetworkCosts {
  return { params: fanIn * to + 2 * to, macs: fanIn * to * pixels };
}

/** @param pixels of what the operation gives */
function edgeCosts(op: number, width: number, pixels: number, halves: boolean): NetworkCosts {
  const nothing = { params: 0, macs: 0 };
  // Depthwise k×k, pointwise, norm.
  const separable = (kernel: number): NetworkCosts => {
    const depthwise = kernel ** 2 * width;
    return sum([{ params: depthwise, macs: depthwise * pixels }, convNorm(width, width, pixels)]);
  };
  const twice = (costs: NetworkCosts): NetworkCosts => sum([costs, costs]);
  switch (op) {
    case OP.skip:
      return halves ? convNorm(width, width, pixels) : nothing;
    case OP.sepConv3:
      return twice(separable(3));
    case OP.sepConv5:
      return twice(separable(5));
    case OP.dilConv3:
      return separable(3);
    case OP.dilConv5:
      return separable(5);
    default:
      return nothing;
  }
}

function sum(all: readonly NetworkCosts[]): NetworkCosts {
  return {
    params: all.reduce((total, { params }) => total + params, 0),
    macs: all.reduce((total, { macs }) => total + macs, 0),
  };
}
