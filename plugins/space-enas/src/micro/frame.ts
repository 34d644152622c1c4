import {
  batchNorm,
  batchNormParameters,
  conv2d,
  conv2dParameters,
  dropout,
  type Forward,
  factorizedReduce,
  factorizedReduceParameters,
  globalAveragePool,
  linear,
  linearParameters,
  type ParameterSpec,
  relu,
  reluConvBn,
  reluConvBnParameters,
} from '@archer-nas/nn';

import type { FeatureMap } from './branches.ts';
import { type CellInput, type CellPlace, STEM_FACTOR } from './skeleton.ts';

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

/** 3×3 convolution to three times the channels of the first cells, batch norm. */
export function stem(images: FeatureMap, forward: Forward, channels: number): FeatureMap {
  const x = conv2d(images, forward, 'stem.conv', stemConvolution(channels));
  const y = batchNorm(x, forward, 'stem.norm', { affine: true });
  x.dispose();
  return y;
}

/** A 1×1 convolution behind a ReLU. */
const pointwise = (outputs: number) => ({ outputs, kernel: 1, affine: true });

/** Parameters of {@link calibrated}, for both inputs. */
export function calibrationParameters({ name, channels, inputs }: CellPlace): ParameterSpec[] {
  return inputs.flatMap(({ channels: from, calibration }, which) => {
    const layer = `${name}.input${which}`;
    if (calibration === 'none') return [];
    if (calibration === 'project') return reluConvBnParameters(layer, from, pointwise(channels));
    return factorizedReduceParameters(layer, from, { outputs: channels, affine: true });
  });
}

/** Both inputs with the cell's size and channels; one that fits is itself. */
export function calibrated(
  maps: readonly [FeatureMap, FeatureMap],
  { name, channels, inputs }: CellPlace,
  forward: Forward,
): [FeatureMap, FeatureMap] {
  const fit = (map: FeatureMap, { calibration }: CellInput, layer: string): FeatureMap => {
    if (calibration === 'none') return map;
    if (calibration === 'project') return reluConvBn(map, forward, layer, pointwise(channels));
    const options = { outputs: channels, affine: true, relu: calibration === 'reduce' };
    return factorizedReduce(map, forward, layer, options);
  };
  return [fit(maps[0], inputs[0], `${name}.input0`), fit(maps[1], inputs[1], `${name}.input1`)];
}

/** Parameters of {@link base}. */
export function baseParameters({ name, channels }: CellPlace): ParameterSpec[] {
  return reluConvBnParameters(`${name}.base`, channels, pointwise(channels));
}

/** What final networks do to a cell's second input: ReLU, 1×1 convolution, batch norm. */
export function base(x: FeatureMap, { name, channels }: CellPlace, forward: Forward): FeatureMap {
  return reluConvBn(x, forward, `${name}.base`, pointwise(channels));
}

/** Parameters of {@link head}. */
export function headParameters(channels: number, classes: number): ParameterSpec[] {
  return linearParameters('head.linear', channels, classes);
}

/** ReLU, global average, dropout where the pass has any, linear classifier. Frees x. */
export function head(x: FeatureMap, forward: Forward, classes: number): Logits {
  const active = relu(x, forward);
  x.dispose();
  const pooled = dropout(globalAveragePool(active, forward), forward, 'head.dropout');
  active.dispose();
  return linear(pooled, forward, 'head.linear', classes);
}
