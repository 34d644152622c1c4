import {
  avgPool2x2,
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

import type { LayerStyle } from './edge-operations.ts';

/** A map of features: [batch, height, width, channels]. */
export type FeatureMap = Parameters<typeof avgPool2x2>[0];
/** One row of logits per image. */
export type Logits = ReturnType<typeof linear>;

const stemConvolution = (outputs: number) => ({ outputs, kernel: 3, padding: 1 });

/** 3×3 convolution without bias, batch norm, no ReLU. */
export function stem(
  images: FeatureMap,
  forward: Forward,
  channels: number,
  { affine }: LayerStyle,
): FeatureMap {
  const x = conv2d(images, forward, 'stem.conv', stemConvolution(channels));
  const y = batchNorm(x, forward, 'stem.norm', { affine });
  x.dispose();
  return y;
}

export function stemParameters(
  imageChannels: number,
  channels: number,
  { affine }: LayerStyle,
): ParameterSpec[] {
  return [
    ...conv2dParameters('stem.conv', imageChannels, stemConvolution(channels)),
    ...batchNormParameters('stem.norm', channels, { affine }),
  ];
}

/** Layers of the reduction block `name`, from `from` channels to twice as many. */
function reductionLayers(from: number, style: LayerStyle) {
  const outputs = 2 * from;
  return {
    first: { outputs, kernel: 3, stride: 2, padding: 1, ...style },
    second: { outputs, kernel: 3, padding: 1, ...style },
    shortcut: { outputs, kernel: 1 },
  };
}

/** Two ReLU-Conv-BN, the first with stride 2, plus a 1×1 convolution of the 2×2 average. */
export function reduction(
  x: FeatureMap,
  forward: Forward,
  name: string,
  style: LayerStyle,
): FeatureMap {
  const layers = reductionLayers(x.shape[3], style);
  const pooled = avgPool2x2(x, forward);
  const shortcut = conv2d(pooled, forward, `${name}.shortcut`, layers.shortcut);
  const half = reluConvBn(x, forward, `${name}.first`, layers.first);
  const second = { ...layers.second, addend: shortcut };
  const sum = reluConvBn(half, forward, `${name}.second`, second);
  for (const map of [pooled, shortcut, half]) map.dispose();
  return sum;
}

export function reductionParameters(
  name: string,
  from: number,
  style: LayerStyle,
): ParameterSpec[] {
  const layers = reductionLayers(from, style);
  return [
    ...reluConvBnParameters(`${name}.first`, from, layers.first),
    ...reluConvBnParameters(`${name}.second`, 2 * from, layers.second),
    ...conv2dParameters(`${name}.shortcut`, from, layers.shortcut),
  ];
}

/** Batch norm, ReLU, global average, linear classifier. */
export function head(
  x: FeatureMap,
  forward: Forward,
  classes: number,
  { affine }: LayerStyle,
): Logits {
  const active = relu(batchNorm(x, forward, 'head.norm', { affine }), forward);
  return linear(globalAveragePool(active, forward), forward, 'head.linear', classes);
}

export function headParameters(
  channels: number,
  classes: number,
  { affine }: LayerStyle,
): ParameterSpec[] {
  return [
    ...batchNormParameters('head.norm', channels, { affine }),
    ...linearParameters('head.linear', channels, classes),
  ];
}
