import type { tf } from '@archer-nas/engine';
import { batchNorm, batchNormParameters } from './batch-norm.ts';
import { conv2d, conv2dParameters } from './convolution.ts';
import { relu } from './elementwise.ts';
import { linear, linearParameters } from './linear.ts';
import type { Forward, ParameterSpec } from './network.ts';
import { avgPoolValid, globalAveragePool } from './pooling.ts';
import { reluConvBn, reluConvBnParameters } from './relu-conv-bn.ts';

/** The images that an {@link auxiliaryHead} is made for. */
export type AuxiliaryKind = 'cifar' | 'imagenet';

/** The sides of the maps that it reads: of images of 32 × 32, and of 224 × 224. */
export const AUXILIARY_SIDE: Readonly<Record<AuxiliaryKind, number>> = { cifar: 8, imagenet: 7 };

/** Of the average; both leave maps of 2 × 2. */
const STRIDE: Readonly<Record<AuxiliaryKind, number>> = { cifar: 3, imagenet: 2 };

const NARROW = { outputs: 128, kernel: 1 };
const WIDE = { outputs: 768, kernel: 2, affine: true };
const SECOND = 'auxiliary.second';

/** Parameters of {@link auxiliaryHead} on `channels` channels. */
export function auxiliaryParameters(
  channels: number,
  classes: number,
  kind: AuxiliaryKind = 'cifar',
): ParameterSpec[] {
  return [
    ...conv2dParameters('auxiliary.first', channels, NARROW),
    ...batchNormParameters('auxiliary.first.norm', NARROW.outputs, { affine: true }),
    ...(kind === 'cifar'
      ? reluConvBnParameters(SECOND, NARROW.outputs, WIDE)
      : conv2dParameters(`${SECOND}.conv`, NARROW.outputs, WIDE)),
    ...linearParameters('auxiliary.linear', WIDE.outputs, classes),
  ];
}

/**
 * A classifier in the middle of a network, for its training alone (DARTS): ReLU, 5×5 average with
 * stride 3, 1×1 convolution to 128 channels, batch norm, ReLU, 2×2 convolution to 768, batch norm,
 * ReLU, linear. For ImageNet the stride is 2, and the second batch norm is not there: the authors
 * kept it so for their checkpoint. Leaves x, with sides of {@link AUXILIARY_SIDE}, to its owner.
 */
export function auxiliaryHead(
  x: tf.Tensor4D,
  forward: Forward,
  classes: number,
  kind: AuxiliaryKind = 'cifar',
): tf.Tensor2D {
  const active = relu(x, forward);
  const pooled = avgPoolValid(active, forward, { size: 5, stride: STRIDE[kind] });
  active.dispose();
  const narrow = conv2d(pooled, forward, 'auxiliary.first', NARROW);
  pooled.dispose();
  const normal = batchNorm(narrow, forward, 'auxiliary.first.norm', { affine: true });
  narrow.dispose();
  const wide = widened(normal, forward, kind);
  normal.dispose();
  const last = relu(wide, forward);
  wide.dispose();
  return linear(globalAveragePool(last, forward), forward, 'auxiliary.linear', classes);
}

function widened(x: tf.Tensor4D, forward: Forward, kind: AuxiliaryKind): tf.Tensor4D {
  if (kind === 'cifar') return reluConvBn(x, forward, SECOND, WIDE);
  const active = relu(x, forward);
  const y = conv2d(active, forward, `${SECOND}.conv`, WIDE);
  active.dispose();
  return y;
}
