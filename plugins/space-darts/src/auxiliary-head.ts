import { ArcherError, EXIT } from '@archer-nas/core';
import {
  avgPoolValid,
  batchNorm,
  batchNormParameters,
  conv2d,
  conv2dParameters,
  type Forward,
  globalAveragePool,
  linear,
  linearParameters,
  type ParameterSpec,
  relu,
  reluConvBn,
  reluConvBnParameters,
} from '@archer-nas/nn';

import type { FeatureMap } from './edge-operations.ts';
import { CONCATENATED, cellsOf, type NetworkSize } from './skeleton.ts';
import type { Logits } from './skeleton-layers.ts';

/** The head is made for maps of this side, which CIFAR's images have after two reductions. */
const SIDE = 8;
const NARROW = { outputs: 128, kernel: 1 };
const WIDE = { outputs: 768, kernel: 2, affine: true };

/** The cell whose output the auxiliary head reads: the one at two thirds of the depth. */
export function auxiliaryCell({ cells }: NetworkSize): number {
  return Math.floor((2 * cells) / 3);
}

/** Channels of that cell's output. */
export function auxiliaryChannels(size: NetworkSize): number {
  return CONCATENATED * (cellsOf(size)[auxiliaryCell(size)]?.channels ?? 0);
}

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
 * A classifier in the middle of the network, for its training alone: ReLU, 5×5 average with
 * stride 3, 1×1 convolution to 128 channels, batch norm, ReLU, 2×2 convolution to 768, batch norm,
 * ReLU, linear. Leaves x to its owner.
 */
export function auxiliaryHead(x: FeatureMap, forward: Forward, classes: number): Logits {
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

/** @throws ArcherError unless the head's maps have the side that it is made for */
export function checkAuxiliary(
  size: NetworkSize,
  { height, width }: { readonly height: number; readonly width: number },
): void {
  const before = cellsOf(size).slice(0, auxiliaryCell(size) + 1);
  const factor = 2 ** before.filter(({ type }) => type === 'reduce').length;
  if (height === SIDE * factor && width === SIDE * factor) return;
  throw new ArcherError(
    'ARCHER_DARTS_IMAGE',
    `The auxiliary head of DARTS reads maps of ${SIDE}×${SIDE}; images of ${height}×${width} ` +
      `give it ${height / factor}×${width / factor}.`,
    {
      hint: `Train without it, or on images of ${SIDE * factor}×${SIDE * factor}.`,
      exit: EXIT.manifest,
    },
  );
}
