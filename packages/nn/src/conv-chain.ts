import type { tf } from '@archer-nas/engine';
import { batchNorm, batchNormParameters } from './batch-norm.ts';
import {
  conv2dParameters,
  depthwiseConv2d,
  depthwiseParameters,
  type Owner,
} from './convolution.ts';
import { relu, relu6 } from './elementwise.ts';
import type { Forward, ParameterSpec } from './network.ts';
import { reluConvBn } from './relu-conv-bn.ts';

/** What follows a batch norm. */
export type Activation = 'relu' | 'relu6';

/** A convolution without bias, padded by half of its kernel, then batch norm, then an activation. */
export interface ChainStep {
  /** Its parameters begin with it: `name.conv.weight`, `name.norm.*`. */
  readonly name: string;
  /** Channels of its output; a depthwise step has as many as its input. */
  readonly outputs: number;
  /** Odd. */
  readonly kernel: number;
  readonly stride?: number;
  /** One filter per channel. */
  readonly depthwise?: boolean;
  /** Absent: none. */
  readonly activation?: Activation;
}

/** How the batch norms of a chain are. */
export interface ChainStyle {
  /** Whether they have scale and offset. */
  readonly affine: boolean;
  readonly eps?: number;
}

/** A map's size: its channels, and the side of the square. */
export interface MapSize {
  readonly channels: number;
  readonly side: number;
}

/** Parameters of {@link convChain}, below `name`. */
export function chainParameters(
  name: string,
  inputs: number,
  steps: readonly ChainStep[],
  { affine, owner }: { readonly affine: boolean; readonly owner?: Owner | undefined },
): ParameterSpec[] {
  return steps.flatMap((step, at) => {
    const { outputs, kernel, depthwise = false } = step;
    const from = steps[at - 1]?.outputs ?? inputs;
    const conv = `${name}.${step.name}.conv`;
    return [
      ...(depthwise
        ? depthwiseParameters(conv, from, kernel, owner)
        : conv2dParameters(conv, from, { outputs, kernel }, owner)),
      ...batchNormParameters(`${name}.${step.name}.norm`, outputs, { affine }, owner),
    ];
  });
}

/** Multiply-adds of a chain's convolutions for one image, and the size of what it gives. */
export function chainMacs(
  input: MapSize,
  steps: readonly ChainStep[],
): { readonly macs: number; readonly output: MapSize } {
  return steps.reduce(
    ({ macs, output: { channels, side } }, { outputs, kernel, stride = 1, depthwise = false }) => {
      const output = { channels: outputs, side: Math.floor((side - 1) / stride) + 1 };
      const perPixel = kernel ** 2 * outputs * (depthwise ? 1 : channels);
      return { macs: macs + perPixel * output.side ** 2, output };
    },
    { macs: 0, output: input },
  );
}

/** The steps one after the other; gives a new map. */
export function convChain(
  x: tf.Tensor4D,
  forward: Forward,
  name: string,
  { steps, style }: { readonly steps: readonly ChainStep[]; readonly style: ChainStyle },
): tf.Tensor4D {
  return steps.reduce((map, step) => {
    const y = normalisedStep(map, forward, `${name}.${step.name}`, { ...step, ...style });
    if (map !== x) map.dispose();
    if (step.activation === undefined) return y;
    const z = (step.activation === 'relu' ? relu : relu6)(y, forward);
    y.dispose();
    return z;
  }, x);
}

function normalisedStep(
  x: tf.Tensor4D,
  forward: Forward,
  name: string,
  { outputs, kernel, stride = 1, depthwise = false, ...style }: ChainStep & ChainStyle,
): tf.Tensor4D {
  const padding = (kernel - 1) / 2;
  const { affine, eps = 1e-5 } = style;
  if (!depthwise) {
    const options = { outputs, kernel, stride, padding, affine, eps, relu: false };
    return reluConvBn(x, forward, name, options);
  }
  const filtered = depthwiseConv2d(x, forward, `${name}.conv`, { kernel, stride, padding });
  const y = batchNorm(filtered, forward, `${name}.norm`, { affine, eps });
  filtered.dispose();
  return y;
}
