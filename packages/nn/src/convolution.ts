import { tf } from '@archer-nas/engine';
import type { Forward, ParameterSpec } from './network.ts';

/** Geometry of a convolution, with PyTorch's meaning. */
export interface ConvolutionGeometry {
  readonly stride?: number;
  /** Zeros added on each of the four sides. */
  readonly padding?: number;
  readonly dilation?: number;
}

/** A convolution layer: geometry, size, and whether it has a bias. */
export interface ConvolutionOptions extends ConvolutionGeometry {
  readonly outputs: number;
  readonly kernel: number;
  readonly bias?: boolean;
}

/** The site and option that parameters belong to. */
export type Owner = NonNullable<ParameterSpec['owner']>;

/** Adds `owner` to a specification, where there is one. */
export function owned(spec: ParameterSpec, owner: Owner | undefined): ParameterSpec {
  return owner === undefined ? spec : { ...spec, owner };
}

/** Parameters of {@link conv2d}: `name.weight` [k, k, inputs, outputs], `name.bias` if asked. */
export function conv2dParameters(
  name: string,
  inputs: number,
  { outputs, kernel, bias = false }: ConvolutionOptions,
  owner?: Owner,
): ParameterSpec[] {
  const fanIn = kernel * kernel * inputs;
  const shape = [kernel, kernel, inputs, outputs];
  const specs: ParameterSpec[] = [{ name: `${name}.weight`, shape, init: 'uniform', fanIn }];
  if (bias) specs.push({ name: `${name}.bias`, shape: [outputs], init: 'uniform', fanIn });
  return specs.map((spec) => owned(spec, owner));
}

/** Parameters of {@link depthwiseConv2d}: `name.weight` [k, k, channels, 1]. */
export function depthwiseParameters(
  name: string,
  channels: number,
  kernel: number,
  owner?: Owner,
): ParameterSpec[] {
  const shape = [kernel, kernel, channels, 1];
  const fanIn = kernel * kernel;
  return [owned({ name: `${name}.weight`, shape, init: 'uniform', fanIn }, owner)];
}

/** Convolution layer on NHWC maps; reads `name.weight` and, with `bias`, `name.bias`. */
export function conv2d(
  x: tf.Tensor4D,
  forward: Forward,
  name: string,
  { outputs, kernel, bias = false, ...geometry }: ConvolutionOptions,
): tf.Tensor4D {
  const shape = [kernel, kernel, x.shape[3], outputs];
  const weight = forward.parameters.get(`${name}.weight`, shape) as tf.Tensor4D;
  const y = convolve(x, weight, geometry);
  forward.trace?.record('conv2d', [x, weight], y, { ...geometry });
  return bias ? addBias(y, forward, name) : y;
}

function addBias(x: tf.Tensor4D, forward: Forward, name: string): tf.Tensor4D {
  const bias = forward.parameters.get(`${name}.bias`, [x.shape[3]]);
  const y = tf.add<tf.Tensor4D>(x, bias);
  forward.trace?.record('bias', [x, bias], y);
  return y;
}

/** One k×k filter per channel, no bias; reads `name.weight`. */
export function depthwiseConv2d(
  x: tf.Tensor4D,
  forward: Forward,
  name: string,
  { kernel, ...geometry }: ConvolutionGeometry & { readonly kernel: number },
): tf.Tensor4D {
  const shape = [kernel, kernel, x.shape[3], 1];
  const weight = forward.parameters.get(`${name}.weight`, shape) as tf.Tensor4D;
  const y = convolveDepthwise(x, weight, geometry);
  forward.trace?.record('depthwiseConv2d', [x, weight], y, { ...geometry });
  return y;
}

/** conv2d(x, w) as a differentiable function; w [k, k, inputs, outputs]. */
export function convolve(
  x: tf.Tensor4D,
  w: tf.Tensor4D,
  { stride = 1, padding = 0, dilation = 1 }: ConvolutionGeometry = {},
): tf.Tensor4D {
  const dense = inflate(w, dilation);
  const { input, pad } = padded(x, dense.shape[0], stride, padding);
  return tf.conv2d(input, dense, stride, pad);
}

/** Depthwise convolution as a differentiable function; w [k, k, channels, 1]. */
export function convolveDepthwise(
  x: tf.Tensor4D,
  w: tf.Tensor4D,
  { stride = 1, padding = 0, dilation = 1 }: ConvolutionGeometry = {},
): tf.Tensor4D {
  const dense = inflate(w, dilation);
  const { input, pad } = padded(x, dense.shape[0], stride, padding);
  return tf.depthwiseConv2d(input, dense, stride, pad);
}

/**
 * Padding that every backend can differentiate: TensorFlow's `same` where it is symmetric,
 * otherwise explicit zeros and `valid`. (`same` with stride 2 pads bottom and right only.)
 */
function padded(
  x: tf.Tensor4D,
  kernel: number,
  stride: number,
  padding: number,
): { input: tf.Tensor4D; pad: 'same' | 'valid' } {
  if (padding === 0) return { input: x, pad: 'valid' };
  if (stride === 1 && 2 * padding === kernel - 1) return { input: x, pad: 'same' };
  const side: [number, number] = [padding, padding];
  return { input: tf.pad(x, [[0, 0], side, side, [0, 0]]), pad: 'valid' };
}

/**
 * The kernel with dilation − 1 zeros between its taps. Backends have no gradient for dilated
 * convolutions, and none for stride with dilation; on the inflated kernel both are plain.
 */
function inflate(w: tf.Tensor4D, dilation: number): tf.Tensor4D {
  if (dilation === 1) return w;
  const [k, , inputs, outputs] = w.shape;
  const zeros: [number, number] = [0, dilation - 1];
  const taps = tf.reshape(w, [k, 1, k, 1, inputs * outputs]) as tf.Tensor5D;
  const spaced = tf.pad(taps, [[0, 0], zeros, [0, 0], zeros, [0, 0]]);
  const square = tf.reshape(spaced, [k * dilation, k * dilation, inputs, outputs]) as tf.Tensor4D;
  const size = (k - 1) * dilation + 1;
  return tf.slice(square, [0, 0, 0, 0], [size, size, inputs, outputs]);
}

/** The values of a kernel inflated as for {@link convolve}; shape [k, k, inputs, outputs]. */
export function inflatedValues(
  { shape, values }: { readonly shape: readonly number[]; readonly values: Float32Array },
  dilation: number,
): { readonly shape: readonly number[]; readonly values: Float32Array } {
  return tf.tidy(() => {
    const kernel: tf.Tensor = tf.tensor(values, [...shape]);
    const dense = inflate(kernel as tf.Tensor4D, dilation);
    return { shape: dense.shape, values: Float32Array.from(dense.dataSync()) };
  });
}
