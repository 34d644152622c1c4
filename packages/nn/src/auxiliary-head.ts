import type { tf } from '@archer-nas/engine';
import { batchNorm, batchNormParameters } from './batch-norm.ts';
import { conv2d, conv2dParameters } from './convolution.ts';
import { relu } from './elementwise.ts';
import { linear, linearParameters } from './linear.ts';
import type { Forward, ParameterSpec } from './network.ts';
import { avgPoolValid, globalAveragePool } from './pooling.ts';
import { reluConvBn, reluConvBnParameters } from './relu-conv-bn.ts';

/** The side of the maps that {@link auxiliaryHead} is made for: CIFAR's after two reductions. */
export const AUXILIARY_SIDE = 8;

const NARROW = { outputs: 128, kernel: 1 };
const WIDE = { outputs: 768, kernel: 2, affine: true };

/** Parameters of {@link auxiliaryHead} on `channels` channels. */
export function auxiliaryParameters(channels: number, classes: number): ParameterSpec[] {
  return [
    ...conv2dParameters('auxiliary.first', channels, NARROW),
    ...batchNormParameters('auxiliary.first.norm', NARROW.outputs, { affine: true }),
    ...reluConvBnParameters('auxiliary.second', NARROW.outputs, WIDE),
    ...linearParameters('auxiliary.linear', WIDE.outputs, classes),
  ];
}

/**
 * A classifier in the middle of a network, for its training alone (DARTS): ReLU, 5×5 average with
 * stride 3, 1×1 convolution to 128 channels, batch norm, ReLU, 2×2 convolution to 768, batch norm,
 * ReLU, linear. Leaves x, with sides of {@link AUXILIARY_SIDE}, to its owner.
 */
export function auxiliaryHead(x: tf.Tensor4D, forward: Forward, classes: number): tf.Tensor2D {
  const active = relu(x, forward);
  const pooled = avgPoolValid(active, forward, { size: 5, stride: 3 });
  active.dispose();
  const narrow = conv2d(pooled, forward, 'auxiliary.first', NARROW);
  pooled.dispose();
  const normal = batchNorm(narrow, forward, 'auxiliary.first.norm', { affine: true });
  narrow.dispose();
  const wide = reluConvBn(normal, forward, 'auxiliary.second', WIDE);
  normal.dispose();
  const last = relu(wide, forward);
  wide.dispose();
  return linear(globalAveragePool(last, forward), forward, 'auxiliary.linear', classes);
}
