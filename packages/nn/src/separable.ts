import type { SeparableBlock as FusedBlock, tf } from '@archer-nas/engine';
import { affineParameters, batchNorm, batchNormParameters } from './batch-norm.ts';
import {
  type ConvolutionGeometry,
  conv2d,
  conv2dParameters,
  depthwiseConv2d,
  depthwiseParameters,
  type Owner,
} from './convolution.ts';
import { addTo, relu } from './elementwise.ts';
import { fusedKernel } from './fused.ts';
import type { Forward, ParameterSpec } from './network.ts';

/** A separable block: ReLU, a depthwise convolution, a pointwise one, batch norm. */
export interface SeparableOptions extends ConvolutionGeometry {
  readonly outputs: number;
  readonly kernel: number;
  readonly affine?: boolean;
  readonly eps?: number;
}

/** A block of a chain, with the name that its parameters begin with. */
export interface NamedSeparable extends SeparableOptions {
  readonly name: string;
}

/**
 * Parameters of {@link separableBlock}: `name.depthwise.weight` [k, k, inputs, 1],
 * `name.pointwise.weight` [1, 1, inputs, outputs], `name.norm.*`.
 */
export function separableParameters(
  name: string,
  inputs: number,
  { outputs, kernel, affine = false }: SeparableOptions,
  owner?: Owner,
): ParameterSpec[] {
  return [
    ...depthwiseParameters(`${name}.depthwise`, inputs, kernel, owner),
    ...conv2dParameters(`${name}.pointwise`, inputs, { outputs, kernel: 1 }, owner),
    ...batchNormParameters(`${name}.norm`, outputs, { affine }, owner),
  ];
}

/**
 * batchNorm(pointwise(depthwise(relu(x)))), with an addend where one is given: DARTS's `dil_conv`
 * with `dilation: 2`.
 */
export function separableBlock(
  x: tf.Tensor4D,
  forward: Forward,
  name: string,
  options: SeparableOptions,
  addend?: tf.Tensor4D,
): tf.Tensor4D {
  return separableChain(x, forward, [{ name, ...options }], addend);
}

/** The two blocks of DARTS's `sep_conv`: only the first one strides, only the second one widens. */
export function sepConvBlocks(
  name: string,
  inputs: number,
  options: SeparableOptions,
): readonly [NamedSeparable, NamedSeparable] {
  const { stride = 1 } = options;
  return [
    { ...options, name: `${name}.0`, outputs: inputs, stride },
    { ...options, name: `${name}.1`, stride: 1 },
  ];
}

/** Parameters of {@link sepConv}: those of its blocks, `name.0` and `name.1`. */
export function sepConvParameters(
  name: string,
  inputs: number,
  options: SeparableOptions,
  owner?: Owner,
): ParameterSpec[] {
  return sepConvBlocks(name, inputs, options).flatMap((block) =>
    separableParameters(block.name, inputs, block, owner),
  );
}

/** DARTS's `sep_conv`: two separable blocks in a row, with an addend where one is given. */
export function sepConv(
  x: tf.Tensor4D,
  forward: Forward,
  name: string,
  options: SeparableOptions,
  addend?: tf.Tensor4D,
): tf.Tensor4D {
  return separableChain(x, forward, sepConvBlocks(name, x.shape[3], options), addend);
}

/**
 * Separable blocks in a row: one kernel where the engine has it and statistics come from the
 * batch, one per block where they are the running ones, otherwise composed.
 */
export function separableChain(
  x: tf.Tensor4D,
  forward: Forward,
  blocks: readonly NamedSeparable[],
  addend?: tf.Tensor4D,
): tf.Tensor4D {
  if (forward.trace !== undefined) return composedChain(x, forward, blocks, addend);
  if (forward.batchNorm === 'running') return runningChain(x, forward, blocks, addend);
  const fused = fusedKernel('separableBatchNorm');
  const eps = blocks[0]?.eps ?? 1e-5;
  if (fused === undefined || blocks.some((block) => (block.eps ?? 1e-5) !== eps)) {
    return composedChain(x, forward, blocks, addend);
  }
  let channels = x.shape[3];
  const tensors = blocks.map((block) => {
    const made = blockOf(block, channels, forward);
    channels = block.outputs;
    return made;
  });
  const settings = { relu: true, epsilon: eps };
  const { output, statistics } = fused({ x, blocks: tensors, addend }, settings);
  if (forward.batchNorm === 'train') {
    const counts = valuesPerChannel(x, tensors);
    statistics.forEach(({ mean, variance }, i) => {
      forward.statistics?.update(`${blocks[i]?.name}.norm`, mean, variance, counts[i] ?? 0);
    });
  }
  return output;
}

/** Pixels of all images after each block. */
function valuesPerChannel(x: tf.Tensor4D, blocks: readonly FusedBlock[]): number[] {
  let [images, height, width] = x.shape;
  return blocks.map(({ depthwise, stride, pad, dilation = 1 }) => {
    const reach = (depthwise.shape[0] - 1) * dilation - 2 * pad;
    height = Math.floor((height - 1 - reach) / stride) + 1;
    width = Math.floor((width - 1 - reach) / stride) + 1;
    return images * height * width;
  });
}

/** With running statistics; the composition reports what is missing. */
function runningChain(
  x: tf.Tensor4D,
  forward: Forward,
  blocks: readonly NamedSeparable[],
  addend: tf.Tensor4D | undefined,
): tf.Tensor4D {
  const fused = fusedKernel('separableBatchNormGiven');
  const { statistics } = forward;
  if (fused === undefined || statistics === undefined) {
    return composedChain(x, forward, blocks, addend);
  }
  return blocks.reduce((map, block, i) => {
    const { mean, variance } = statistics.get(`${block.name}.norm`, block.outputs);
    const { stride, pad, dilation = 1, ...tensors } = blockOf(block, map.shape[3], forward);
    const last = i === blocks.length - 1 ? addend : undefined;
    const inputs = { x: map, ...tensors, mean, variance, addend: last };
    const next = fused(inputs, { relu: true, stride, pad, dilation, epsilon: block.eps ?? 1e-5 });
    if (map !== x) map.dispose();
    return next;
  }, x);
}

function composedChain(
  x: tf.Tensor4D,
  forward: Forward,
  blocks: readonly NamedSeparable[],
  addend: tf.Tensor4D | undefined,
): tf.Tensor4D {
  const output = blocks.reduce((map, block) => {
    const { name, kernel, outputs, affine = false, eps = 1e-5, ...geometry } = block;
    const spatial = { kernel, ...geometry };
    const active = relu(map, forward);
    const filtered = depthwiseConv2d(active, forward, `${name}.depthwise`, spatial);
    active.dispose();
    const mixed = conv2d(filtered, forward, `${name}.pointwise`, { outputs, kernel: 1 });
    filtered.dispose();
    const next = batchNorm(mixed, forward, `${name}.norm`, { affine, eps });
    mixed.dispose();
    if (map !== x) map.dispose();
    return next;
  }, x);
  return addTo(addend, output, forward);
}

function blockOf(
  { name, kernel, outputs, affine = false, ...geometry }: NamedSeparable,
  channels: number,
  forward: Forward,
): FusedBlock {
  const { stride = 1, padding: pad = 0, dilation = 1 } = geometry;
  const { parameters } = forward;
  const depthwise = [kernel, kernel, channels, 1];
  const pointwise = [1, 1, channels, outputs];
  return {
    depthwise: parameters.get(`${name}.depthwise.weight`, depthwise) as tf.Tensor4D,
    pointwise: parameters.get(`${name}.pointwise.weight`, pointwise) as tf.Tensor4D,
    ...affineParameters(forward, `${name}.norm`, outputs, affine),
    stride,
    pad,
    dilation,
  };
}
