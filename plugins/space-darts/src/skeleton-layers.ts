import {
  batchNorm,
  batchNormParameters,
  conv2d,
  conv2dParameters,
  type Forward,
  factorizedReduce,
  factorizedReduceParameters,
  globalAveragePool,
  linear,
  linearParameters,
  type ParameterSpec,
  reluConvBn,
  reluConvBnParameters,
} from '@archer-nas/nn';

import type { FeatureMap, LayerStyle } from './edge-operations.ts';
import { type CellPlace, STEM_FACTOR } from './skeleton.ts';

/** One row of logits per image. */
export type Logits = ReturnType<typeof linear>;

const stemConvolution = (channels: number) => ({
  outputs: STEM_FACTOR * channels,
  kernel: 3,
  padding: 1,
});

/** Parameters of {@link stem}. */
export function stemParameters(imageChannels: number, channels: number): ParameterSpec[] {
  return [
    ...conv2dParameters('stem.conv', imageChannels, stemConvolution(channels)),
    ...batchNormParameters('stem.norm', STEM_FACTOR * channels, { affine: true }),
  ];
}

/** 3×3 convolution to 3C channels and batch norm, whose scale and offset the search has too. */
export function stem(images: FeatureMap, forward: Forward, channels: number): FeatureMap {
  const x = conv2d(images, forward, 'stem.conv', stemConvolution(channels));
  const y = batchNorm(x, forward, 'stem.norm', { affine: true });
  x.dispose();
  return y;
}

/** Parameters of {@link preprocess}: `cell3.input0.*` and `cell3.input1.*`. */
export function preprocessParameters(place: CellPlace, style: LayerStyle): ParameterSpec[] {
  const size = { outputs: place.channels, affine: style === 'trained' };
  const [first, second] = place.inputs;
  const ofFirst = place.afterReduction
    ? factorizedReduceParameters(inputName(place, 0), first, size)
    : reluConvBnParameters(inputName(place, 0), first, { ...size, kernel: 1 });
  return [...ofFirst, ...reluConvBnParameters(inputName(place, 1), second, { ...size, kernel: 1 })];
}

/** Both inputs of a cell with the cell's channels and with one size. */
export function preprocess(
  [first, second]: readonly [FeatureMap, FeatureMap],
  place: CellPlace,
  style: LayerStyle,
  forward: Forward,
): [FeatureMap, FeatureMap] {
  const size = { outputs: place.channels, affine: style === 'trained' };
  const ofFirst = place.afterReduction
    ? factorizedReduce(first, forward, inputName(place, 0), size)
    : reluConvBn(first, forward, inputName(place, 0), { ...size, kernel: 1 });
  return [ofFirst, reluConvBn(second, forward, inputName(place, 1), { ...size, kernel: 1 })];
}

const inputName = ({ cell }: CellPlace, input: number): string => `cell${cell}.input${input}`;

/** Parameters of {@link head}. */
export function headParameters(channels: number, classes: number): ParameterSpec[] {
  return linearParameters('head.linear', channels, classes);
}

/** Global average and linear classifier. */
export function head(x: FeatureMap, forward: Forward, classes: number): Logits {
  return linear(globalAveragePool(x, forward), forward, 'head.linear', classes);
}
