import tf from '#tfjs';
import type { Attributes } from './tensor-memory.ts';

type Pair = number | [number, number];
type Shape4 = [number, number, number, number];

/** A convolution's sizes, strides, dilations and padding, as tfjs computes them. */
export type Convolution = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/**
 * Reads a convolution kernel's attributes. Its gradients carry `dilations` as well, which
 * tfjs itself does not pass.
 *
 * @throws when the layout is not NHWC
 */
export function convolutionOf(
  input: readonly number[],
  filter: readonly number[],
  attrs: Attributes,
  depthwise = false,
): Convolution {
  const { strides, pad, dimRoundingMode, dilations, dataFormat } = attrs as {
    strides: Pair;
    pad: 'valid' | 'same' | number;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
    dilations?: Pair;
    dataFormat?: string;
  };
  if ((dataFormat ?? 'NHWC') !== 'NHWC') throw new Error(`Layout ${dataFormat} is not supported.`);
  return tf.backend_util.computeConv2DInfo(
    input as Shape4,
    filter as Shape4,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}
