import { tf } from '@archer-nas/engine';
import type { Owner } from './convolution.ts';
import { concatChannels } from './elementwise.ts';
import type { Forward, ParameterSpec } from './network.ts';
import { type ReluConvBnOptions, reluConvBn, reluConvBnParameters } from './relu-conv-bn.ts';

/** Options of {@link factorizedReduce}. */
export interface FactorizedReduceOptions {
  /** Channels of the result, an even number. */
  readonly outputs: number;
  readonly affine?: boolean;
  /** Whether a ReLU comes first, as in DARTS; default true. */
  readonly relu?: boolean;
}

/** Parameters of {@link factorizedReduce}: two ReLU-Conv-BN, `name.even.*` and `name.odd.*`. */
export function factorizedReduceParameters(
  name: string,
  inputs: number,
  options: FactorizedReduceOptions,
  owner?: Owner,
): ParameterSpec[] {
  const half = halfOf(options);
  return [
    ...reluConvBnParameters(`${name}.even`, inputs, half, owner),
    ...reluConvBnParameters(`${name}.odd`, inputs, half, owner),
  ];
}

/**
 * Halves a map's sides without losing every other pixel (NASNet, DARTS): half of the channels
 * are a 1×1 convolution of the pixels with even coordinates, the other half of those with odd
 * ones; ReLU in front unless `relu` is false, batch norm behind. (Batch norm is per channel, so that each half can have
 * its own.) Both sides must be even.
 */
export function factorizedReduce(
  x: tf.Tensor4D,
  forward: Forward,
  name: string,
  options: FactorizedReduceOptions,
): tf.Tensor4D {
  const half = halfOf(options);
  const shifted = withoutFirstPixels(x, forward);
  const even = reluConvBn(x, forward, `${name}.even`, half);
  const odd = reluConvBn(shifted, forward, `${name}.odd`, half);
  const y = concatChannels([even, odd], forward);
  for (const map of [shifted, even, odd]) map.dispose();
  return y;
}

function halfOf({ outputs, ...rest }: FactorizedReduceOptions): ReluConvBnOptions {
  return { outputs: outputs / 2, kernel: 1, stride: 2, ...rest };
}

/** The map without its first row and its first column. */
function withoutFirstPixels(x: tf.Tensor4D, forward: Forward): tf.Tensor4D {
  const y = tf.slice(x, [0, 1, 1, 0], [-1, -1, -1, -1]);
  forward.trace?.record('withoutFirstPixels', [x], y);
  return y;
}
