import {
  batchNorm,
  conv2d,
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
import { type CellPlace, firstChannels, type NetworkSize, stemChannels } from './skeleton.ts';

/** One row of logits per image. */
export type Logits = ReturnType<typeof linear>;

const KERNEL = { kernel: 3, padding: 1, affine: true };

/** The convolutions of a stem, in order; all but the first have a ReLU before them. */
function stemConvolutions(size: NetworkSize) {
  const outputs = stemChannels(size);
  if (size.stem !== 'imagenet') return [{ ...KERNEL, name: 'stem', outputs }] as const;
  const halves = { ...KERNEL, stride: 2 };
  return [
    { ...halves, name: 'stem', outputs: firstChannels(size) },
    { ...halves, name: 'stem1', outputs },
    { ...halves, name: 'stem2', outputs },
  ] as const;
}

/** Parameters of {@link stem}. */
export function stemParameters(imageChannels: number, size: NetworkSize): ParameterSpec[] {
  let inputs = imageChannels;
  return stemConvolutions(size).flatMap(({ name, ...convolution }) => {
    const parameters = reluConvBnParameters(name, inputs, convolution);
    inputs = convolution.outputs;
    return parameters;
  });
}

/**
 * Both inputs of the first cell. For small images they are one map: 3×3 convolution to 3C channels
 * and batch norm, whose scale and offset the search has too. For ImageNet three such layers halve,
 * to C/2, C and C channels, with a ReLU between them; the inputs are what the last two give.
 */
export function stem(
  images: FeatureMap,
  forward: Forward,
  size: NetworkSize,
): [FeatureMap, FeatureMap] {
  const [first, ...rest] = stemConvolutions(size);
  const x = conv2d(images, forward, `${first.name}.conv`, first);
  let last = batchNorm(x, forward, `${first.name}.norm`, first);
  x.dispose();
  let beforeLast = last;
  for (const { name, ...layer } of rest) {
    if (beforeLast !== last) beforeLast.dispose();
    beforeLast = last;
    last = reluConvBn(last, forward, name, layer);
  }
  return [beforeLast, last];
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
