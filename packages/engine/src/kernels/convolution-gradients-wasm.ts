import { type Convolution, convolutionOf } from './convolution-shape.ts';
import { batchToChannels, batchToFilter, filterFromSums, spreadOut, turnFilter } from './layout.ts';
import { type HostKernel, input } from './tensor-memory.ts';

/**
 * dW of a convolution as a convolution, so that XNNPACK computes it: the images' channels
 * take the batch's place, the batch becomes the channels that are summed over, and dy is a
 * filter as large as an output image. Strides and dilations change roles.
 *
 *   dW[i, j, a, b] = Σ_(n, p, q) x[n, p·s + i·d − top, q·s + j·d − left, a] · dy[n, p, q, b]
 */
export const convolutionFilterGradientXnnpack: HostKernel = {
  name: 'Conv2DBackpropFilter',
  compute(inputs, attrs, memory) {
    const x = input(inputs, 'x');
    const dy = input(inputs, 'dy');
    const shape = convolutionOf(x.shape, attrs.filterShape as number[], attrs);
    const images = batchToChannels(x, memory);
    const filter = batchToFilter(dy, memory);
    const sums = memory.run(
      'Conv2D',
      { x: images, filter },
      {
        strides: [shape.dilationHeight, shape.dilationWidth],
        dilations: [shape.strideHeight, shape.strideWidth],
        pad: filterPadding(shape),
        dataFormat: 'NHWC',
      },
    );
    const output = filterFromSums(sums, shape, memory);
    for (const tensor of [images, filter, sums]) memory.dispose(tensor);
    return output;
  },
};

/**
 * dx of a convolution as a convolution of dy, spread out by the stride, with the filter
 * turned by half a turn and its channels exchanged; tfjs-backend-wasm has a scalar loop.
 */
export const convolutionInputGradientXnnpack: HostKernel = {
  name: 'Conv2DBackpropInput',
  compute(inputs, attrs, memory) {
    const dy = input(inputs, 'dy');
    const filter = input(inputs, 'filter');
    const shape = convolutionOf(attrs.inputShape as number[], filter.shape, attrs);
    const spread = spreadOut(dy, shape, memory);
    const turned = turnFilter(filter, memory);
    const output = memory.run(
      'Conv2D',
      { x: spread ?? dy, filter: turned },
      {
        strides: [1, 1],
        dilations: [shape.dilationHeight, shape.dilationWidth],
        pad: inputPadding(shape),
        dataFormat: 'NHWC',
      },
    );
    if (spread) memory.dispose(spread);
    memory.dispose(turned);
    return output;
  },
};

type Padding = [[number, number], [number, number], [number, number], [number, number]];

/** Pixels that an output row or column of `count` windows covers. */
function reach(count: number, stride: number): number {
  return (count - 1) * stride + 1;
}

/** What must be added after the image so that every tap of the filter gets its sum. */
function filterPadding(shape: Convolution): Padding {
  const { padInfo, inHeight, inWidth } = shape;
  const height = reach(shape.outHeight, shape.strideHeight) + shape.effectiveFilterHeight - 1;
  const width = reach(shape.outWidth, shape.strideWidth) + shape.effectiveFilterWidth - 1;
  return [
    [0, 0],
    [padInfo.top, Math.max(0, height - inHeight - padInfo.top)],
    [padInfo.left, Math.max(0, width - inWidth - padInfo.left)],
    [0, 0],
  ];
}

/** Before and after the spread dy, so that the result has the size of the input. */
function inputPadding(shape: Convolution): Padding {
  const { padInfo, effectiveFilterHeight, effectiveFilterWidth } = shape;
  const top = effectiveFilterHeight - 1 - padInfo.top;
  const left = effectiveFilterWidth - 1 - padInfo.left;
  const bottom = shape.inHeight + padInfo.top - reach(shape.outHeight, shape.strideHeight);
  const right = shape.inWidth + padInfo.left - reach(shape.outWidth, shape.strideWidth);
  if (Math.min(top, left, bottom, right) < 0) {
    throw new Error('A convolution window that lies in the padding alone has no gradient here.');
  }
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}
