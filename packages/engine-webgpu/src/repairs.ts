import { gapsOf, shapeWithGaps, tf, withGaps, withoutGaps } from '@archer-nas/engine';
import type { Attributes, ComposedKernel } from './kernels.ts';

type Shape4 = [number, number, number, number];
type Pool = ReturnType<typeof tf.backend_util.computePool2DInfo>;

/** Pixels before and after, by dimension. */
type Borders = [number, number][];

/** What tfjs-backend-webgpu 4.22 gets wrong in training. */
export const repairs: readonly ComposedKernel[] = [
  {
    name: 'AvgPoolGrad',
    /**
     * The forward pass divides by the pixels under the window, the library's gradient by the
     * window's area: wrong along a padded border. What comes in is corrected beforehand.
     */
    compute(inputs, attrs, run) {
      const { dy, input } = inputs as { dy: tf.Tensor; input: tf.Tensor };
      return run({ dy: tf.mul(dy, areaPerPixels(input.shape, attrs)), input }, attrs);
    },
  },
  {
    name: 'MaxPoolGrad',
    /**
     * The library gives the gradient to the last of equal pixels; PyTorch and the other engines
     * to the first. Everything is turned round before and after.
     */
    compute(inputs, attrs, run) {
      const { dy, input, output } = inputs as Record<'dy' | 'input' | 'output', tf.Tensor>;
      const turned = { dy: turn(dy), input: turn(input), output: turn(output) };
      return turn(run(turned, { ...attrs, pad: turnedPadding(input.shape, attrs) }));
    },
  },
  ...['Conv2D', 'DepthwiseConv2dNative'].flatMap(dilated),
];

/** Rows and columns from the last to the first. */
function turn(images: tf.Tensor): tf.Tensor {
  return tf.reverse(images, [1, 2]);
}

/**
 * The padding with which the turned image has the turned windows: behind the image so much is
 * added, or cut off where that is negative, that the last window ends there.
 */
function turnedPadding(shape: readonly number[], attrs: Attributes): Borders {
  const pool = poolOf(shape, attrs);
  const { padInfo, filterHeight, filterWidth } = pool;
  const after = (out: number, stride: number, size: number, before: number, end: number): number =>
    (out - 1) * stride + size - before - end;
  return [
    [0, 0],
    [
      after(pool.outHeight, pool.strideHeight, filterHeight, padInfo.top, pool.inHeight),
      padInfo.top,
    ],
    [after(pool.outWidth, pool.strideWidth, filterWidth, padInfo.left, pool.inWidth), padInfo.left],
    [0, 0],
  ];
}

/** The window's area over the number of its pixels inside the image, [1, height, width, 1]. */
function areaPerPixels(shape: readonly number[], attrs: Attributes): tf.Tensor {
  const pool = poolOf(shape, attrs);
  const { outHeight, outWidth, filterHeight, filterWidth, padInfo } = pool;
  const inside = (out: number, stride: number, before: number, size: number, end: number): number =>
    Math.min(end, out * stride - before + size) - Math.max(0, out * stride - before);
  const rows = Float32Array.from(
    { length: outHeight },
    (_, y) => filterHeight / inside(y, pool.strideHeight, padInfo.top, filterHeight, pool.inHeight),
  );
  const columns = Float32Array.from(
    { length: outWidth },
    (_, x) => filterWidth / inside(x, pool.strideWidth, padInfo.left, filterWidth, pool.inWidth),
  );
  return tf.mul(
    tf.tensor(rows, [1, outHeight, 1, 1], 'float32'),
    tf.tensor(columns, [1, 1, outWidth, 1], 'float32'),
  );
}

function poolOf(shape: readonly number[], attrs: Attributes): Pool {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as {
    filterSize: number | [number, number];
    strides: number | [number, number];
    pad: 'valid' | 'same' | number;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  return tf.backend_util.computePool2DInfo(
    shape as Shape4,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/** The gradients of a convolution, which ignore dilations: their filter gets zeros instead. */
function dilated(forward: string): ComposedKernel[] {
  const dilations = (attrs: Attributes) => (attrs.dilations ?? 1) as number | [number, number];
  return [
    {
      name: `${forward}BackpropInput`,
      compute(inputs, attrs, run) {
        const { dy, filter } = inputs as { dy: tf.Tensor; filter: tf.Tensor };
        const gaps = gapsOf(dilations(attrs));
        if (!gaps) return run({ dy, filter }, attrs);
        return run({ dy, filter: withGaps(filter, gaps) }, { ...attrs, dilations: [1, 1] });
      },
    },
    {
      name: `${forward}BackpropFilter`,
      compute(inputs, attrs, run) {
        const { x, dy } = inputs as { x: tf.Tensor; dy: tf.Tensor };
        const gaps = gapsOf(dilations(attrs));
        if (!gaps) return run({ x, dy }, attrs);
        const filterShape = shapeWithGaps(attrs.filterShape as number[], gaps);
        return withoutGaps(run({ x, dy }, { ...attrs, filterShape, dilations: [1, 1] }), gaps);
      },
    },
  ];
}
