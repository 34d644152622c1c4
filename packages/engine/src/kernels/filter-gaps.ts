import tf from '#tfjs';

/** Distances between a filter's taps: rows, columns. */
export type Gaps = readonly [number, number];

/** A dilated filter's gaps; `undefined` where it is not dilated. */
export function gapsOf(dilations: number | Gaps): Gaps | undefined {
  const gaps: Gaps = typeof dilations === 'number' ? [dilations, dilations] : dilations;
  return gaps[0] === 1 && gaps[1] === 1 ? undefined : gaps;
}

/** The filter with zeros between its taps: a dilated filter that needs no dilation. */
export function withGaps(filter: tf.Tensor, gaps: Gaps): tf.Tensor {
  const [height, width, channels, outputs] = filter.shape as [number, number, number, number];
  const rows = spread(filter, [height, 1, width * channels * outputs], gaps[0]);
  const whole = spread(rows, [height * gaps[0] * width, 1, channels * outputs], gaps[1]);
  const size = [height * gaps[0], width * gaps[1], channels, outputs];
  return tf.slice(tf.reshape(whole, size), [0, 0, 0, 0], shapeWithGaps(filter.shape, gaps));
}

/** Reshapes, and lengthens the second dimension by zeros; few dimensions, for WebGPU pads no six. */
function spread(x: tf.Tensor, shape: [number, number, number], length: number): tf.Tensor {
  return tf.pad(tf.reshape(x, shape), [
    [0, 0],
    [0, length - 1],
    [0, 0],
  ]);
}

/** The taps of a filter that has gaps; undoes {@link withGaps}. */
export function withoutGaps(filter: tf.Tensor, gaps: Gaps): tf.Tensor {
  return tf.stridedSlice(filter, [0, 0, 0, 0], filter.shape, [...gaps, 1, 1]);
}

/** The shape that {@link withGaps} gives a filter of `shape`. */
export function shapeWithGaps(shape: readonly number[], gaps: Gaps): number[] {
  const [height, width, ...channels] = shape as [number, number, number, number];
  return [(height - 1) * gaps[0] + 1, (width - 1) * gaps[1] + 1, ...channels];
}
