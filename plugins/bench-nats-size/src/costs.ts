import { ArcherError, type CostModel, EXIT } from '@archer-nas/core';

import { REDUCTIONS, type Sizes } from './sizes.ts';

/** The classification task that a network is costed for. Images are RGB. */
export interface CostTask {
  readonly classes: number;
  /** Side of the square image in pixels; it is halved twice. */
  readonly image: number;
}

/** A convolution without bias, and whether a batch norm (scale and offset) follows it. */
interface Convolution {
  readonly kernel: number;
  readonly from: number;
  readonly to: number;
  /** Side of its output. */
  readonly side: number;
  readonly norm: boolean;
}

const IMAGE_CHANNELS = 3;

/**
 * `params` (trainable values) and `macs` (multiply-adds of convolutions and classifier for one
 * image, and one per bias of the classifier), as the official API counts both.
 *
 * @throws ArcherError when the image cannot be halved twice
 */
export function costModel({ classes, image }: CostTask): CostModel<Sizes> {
  if (image % 4 !== 0) {
    throw new ArcherError('ARCHER_NATS_SIZE', `An image of ${image} pixels is not halved twice.`, {
      hint: 'Its side must be a multiple of 4.',
      exit: EXIT.manifest,
    });
  }
  return {
    names: ['params', 'macs'],
    of(sizes) {
      const last = sizes.at(-1) ?? 0;
      // The last batch norm, and the classifier.
      let params = 2 * last + (last + 1) * classes;
      let macs = (last + 1) * classes;
      for (const { kernel, from, to, side, norm } of convolutionsOf(sizes, image)) {
        const weights = kernel ** 2 * from * to;
        params += weights + (norm ? 2 * to : 0);
        macs += weights * side ** 2;
      }
      return { params, macs };
    },
  };
}

/**
 * The network: a 3×3 stem; cells in layers 1, 3 and 5, residual blocks of stride 2 in layers 2
 * and 4. The cell is the best of the topology space on CIFAR-100, whose node 3 has the skip from
 * the input; where the layer changes the number of channels, the skip is a 1×1 convolution.
 */
function* convolutionsOf(sizes: Sizes, image: number): Generator<Convolution> {
  let side = image;
  let from = sizes[0] ?? 0;
  yield { kernel: 3, from: IMAGE_CHANNELS, to: from, side, norm: true };
  for (const [layer, to] of sizes.entries()) {
    const conv3x3 = (input: number) => ({ kernel: 3, from: input, to, side, norm: true });
    if (REDUCTIONS.has(layer)) {
      side /= 2;
      yield conv3x3(from);
      yield conv3x3(to);
      yield { kernel: 1, from, to, side, norm: false };
    } else {
      // Edges 0→1 and 0→2 see the layer's input; 1→2, 1→3 and 2→3 its own channels.
      for (const input of [from, from, to, to, to]) yield conv3x3(input);
      if (from !== to) yield { kernel: 1, from, to, side, norm: true };
    }
    from = to;
  }
}
