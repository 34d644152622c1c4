import type { tf } from '@archer-nas/engine';
import {
  affineParameters,
  type BatchNormOptions,
  batchNorm,
  batchNormParameters,
  normalised,
} from './batch-norm.ts';
import { type ConvolutionOptions, conv2dParameters, convolve, type Owner } from './convolution.ts';
import { addTo, relu } from './elementwise.ts';
import { fusedReluConvBatchNorm } from './fused.ts';
import type { Forward, ParameterSpec } from './network.ts';

/** Options of {@link reluConvBn}: the convolution, the ReLU, and whether the norm is affine. */
export interface ReluConvBnOptions extends ConvolutionOptions {
  readonly affine?: boolean;
  /** Whether the ReLU is there; default true. */
  readonly relu?: boolean;
  readonly eps?: number;
}

/** Parameters of {@link reluConvBn}: `name.conv.weight`, `name.conv.bias`, `name.norm.*`. */
export function reluConvBnParameters(
  name: string,
  inputs: number,
  options: ReluConvBnOptions,
  owner?: Owner,
): ParameterSpec[] {
  return [
    ...conv2dParameters(`${name}.conv`, inputs, options, owner),
    ...batchNormParameters(`${name}.norm`, options.outputs, options, owner),
  ];
}

/**
 * ReLU, convolution and batch norm in a row, plus `addend` where one is given: the operation
 * where the time goes. One kernel where the engine has it and statistics come from the batch,
 * otherwise composed.
 */
export function reluConvBn(
  x: tf.Tensor4D,
  forward: Forward,
  name: string,
  options: ReluConvBnOptions & { readonly addend?: tf.Tensor4D | undefined },
): tf.Tensor4D {
  const {
    outputs,
    kernel,
    bias = false,
    affine = false,
    relu: activated = true,
    eps = 1e-5,
    addend,
    stride = 1,
    padding = 0,
    dilation = 1,
  } = options;
  const shape = [kernel, kernel, x.shape[3], outputs];
  const filter = forward.parameters.get(`${name}.conv.weight`, shape) as tf.Tensor4D;
  const inputBias = bias
    ? (forward.parameters.get(`${name}.conv.bias`, [outputs]) as tf.Tensor1D)
    : undefined;
  const fused = fusedReluConvBatchNorm();
  if (fused !== undefined && forward.batchNorm !== 'running') {
    const { gamma, beta } = affineParameters(forward, `${name}.norm`, outputs, affine);
    const settings = { relu: activated, stride, pad: padding, dilation, epsilon: eps };
    const normal = fused({ x, filter, gamma, beta, addend, inputBias }, settings);
    return normalised(normal, forward, `${name}.norm`, inputBias);
  }
  const active = activated ? relu(x, forward) : x;
  const geometry = { stride, padding, dilation };
  const y = convolve(active, filter, geometry);
  forward.trace?.record('conv2d', [active, filter], y, geometry);
  if (active !== x) active.dispose();
  const norm: BatchNormOptions = { affine, eps, ...(inputBias ? { inputBias } : {}) };
  const z = batchNorm(y, forward, `${name}.norm`, norm);
  y.dispose();
  return addTo(addend, z, forward);
}

/** Convolution, batch norm and ReLU in a row; its parameters are those of {@link reluConvBn}. */
export function convBnRelu(
  x: tf.Tensor4D,
  forward: Forward,
  name: string,
  options: ReluConvBnOptions,
): tf.Tensor4D {
  const y = reluConvBn(x, forward, name, { ...options, relu: false });
  const z = relu(y, forward);
  y.dispose();
  return z;
}
