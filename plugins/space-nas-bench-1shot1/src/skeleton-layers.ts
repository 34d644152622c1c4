import {
  convBnRelu,
  type Forward,
  globalAveragePool,
  linear,
  linearParameters,
  type ParameterSpec,
  reluConvBn,
  reluConvBnParameters,
} from '@archer-nas/nn';

/** A map of features: [batch, height, width, channels]. */
export type FeatureMap = ReturnType<typeof convBnRelu>;
/** One row of logits per image. */
export type Logits = ReturnType<typeof linear>;

const stemLayer = (outputs: number) => ({ outputs, kernel: 3, padding: 1, affine: true });
const lastLayer = (outputs: number) => ({ outputs, kernel: 1 });

/** Parameters of {@link stem}. */
export function stemParameters(imageChannels: number, channels: number): ParameterSpec[] {
  return reluConvBnParameters('stem', imageChannels, stemLayer(channels));
}

/** 3×3 convolution, batch norm, ReLU. */
export function stem(images: FeatureMap, forward: Forward, channels: number): FeatureMap {
  return convBnRelu(images, forward, 'stem', stemLayer(channels));
}

/** Parameters of {@link narrowed}. */
export function narrowedParameters(from: number, channels: number): ParameterSpec[] {
  return reluConvBnParameters('head.narrow', from, lastLayer(channels));
}

/** ReLU, 1×1 convolution, batch norm without scale and offset: what ends the supernet. */
export function narrowed(x: FeatureMap, forward: Forward, channels: number): FeatureMap {
  return reluConvBn(x, forward, 'head.narrow', lastLayer(channels));
}

/** Parameters of {@link head}. */
export function headParameters(channels: number, classes: number): ParameterSpec[] {
  return linearParameters('head.linear', channels, classes);
}

/** Global average and linear classifier. */
export function head(x: FeatureMap, forward: Forward, classes: number): Logits {
  return linear(globalAveragePool(x, forward), forward, 'head.linear', classes);
}
