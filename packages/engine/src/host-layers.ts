import type { BatchNormInputs, Normalised } from './fused-kernels.ts';
import type {
  FusedLayers,
  GivenConvolution,
  GivenNorm,
  SeparableInputs,
  SeparableOptions,
  SeparableResult,
} from './fused-layers.ts';
import { withGaps } from './kernels/filter-gaps.ts';
import { tf } from './repaired.ts';

type BatchNorm = (inputs: BatchNormInputs, options: { readonly epsilon: number }) => Normalised;

/** The layers composed of tfjs operations and of the engine's batch norm. */
export function composedLayers(batchNorm: BatchNorm): Required<FusedLayers> {
  return {
    separableBatchNorm: (inputs, options) => separableBatchNorm(inputs, options, batchNorm),
    mixture,
    reluConvBatchNormGiven: ({ x, filter, ...norm }, options) =>
      batchNormGiven({ x: convolve('Conv2D', x, filter, options), ...norm }, options),
    separableBatchNormGiven: ({ x, depthwise, pointwise, ...norm }, options) =>
      batchNormGiven({ x: separable(x, depthwise, pointwise, options), ...norm }, options),
    batchNormGiven,
  };
}

function separableBatchNorm(
  { x, blocks, addend }: SeparableInputs,
  options: SeparableOptions,
  batchNorm: BatchNorm,
): SeparableResult {
  let output = x;
  const statistics = blocks.map(({ depthwise, pointwise, gamma, beta, ...geometry }, i) => {
    const y = separable(output, depthwise, pointwise, { ...options, ...geometry });
    const last = i === blocks.length - 1 ? addend : undefined;
    const { mean, variance, ...rest } = batchNorm({ x: y, gamma, beta, addend: last }, options);
    output = rest.output;
    return { mean, variance };
  });
  return { output, statistics };
}

function separable(
  x: tf.Tensor4D,
  depthwise: tf.Tensor4D,
  pointwise: tf.Tensor4D,
  options: GivenConvolution,
): tf.Tensor4D {
  const filtered = convolve('DepthwiseConv2dNative', x, depthwise, options);
  return tf.conv2d(filtered, pointwise, 1, 'valid');
}

function convolve(
  kernel: 'Conv2D' | 'DepthwiseConv2dNative',
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { relu, stride, pad, dilation = 1 }: GivenConvolution,
): tf.Tensor4D {
  // tfjs has no convolution that strides and dilates; one with gaps in its filter is the same.
  const apart = stride > 1 && dilation > 1;
  const gaps = apart ? 1 : dilation;
  const attrs = {
    strides: [stride, stride],
    pad,
    dilations: [gaps, gaps],
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
  };
  const inputs = {
    x: relu ? tf.relu(x) : x,
    filter: apart ? withGaps(filter, [dilation, dilation]) : filter,
  };
  return tf.engine().runKernel(kernel, inputs, attrs as tf.NamedAttrMap) as tf.Tensor4D;
}

function batchNormGiven(
  { x, mean, variance, gamma, beta, addend }: GivenNorm & { readonly x: tf.Tensor4D },
  { epsilon }: { readonly epsilon: number },
): tf.Tensor4D {
  // tfjs's gradient fails without scale and offset.
  const [scale, offset] = [gamma ?? tf.onesLike(mean), beta ?? tf.zerosLike(mean)];
  const z = tf.batchNorm(x, mean, variance, offset, scale, epsilon);
  return addend === undefined ? z : tf.add<tf.Tensor4D>(z, addend);
}

function mixture(inputs: readonly tf.Tensor[], weights: tf.Tensor1D): tf.Tensor {
  return inputs
    .map((input, i) => tf.mul(input, weights.slice(i, 1).asScalar()))
    .reduce((sum, scaled) => tf.add(sum, scaled));
}
