import {
  batchNorm,
  batchNormParameters,
  concatChannels,
  conv2d,
  conv2dParameters,
  dropout,
  type Forward,
  globalAveragePool,
  linear,
  linearParameters,
  MapSum,
  type ParameterSpec,
  reluConvBn,
  reluConvBnParameters,
} from '@archer-nas/nn';

import type { FeatureMap } from './operations.ts';
import type { LayerPlace, MacroStructure } from './skeleton.ts';

/** One row of logits per image. */
export type Logits = ReturnType<typeof linear>;

const stemConvolution = (outputs: number) => ({ outputs, kernel: 3, padding: 1 });

/** Parameters of {@link stem}. */
export function stemParameters(imageChannels: number, channels: number): ParameterSpec[] {
  return [
    ...conv2dParameters('stem.conv', imageChannels, stemConvolution(channels)),
    ...batchNormParameters('stem.norm', channels, { affine: true }),
  ];
}

/** 3×3 convolution, batch norm. */
export function stem(images: FeatureMap, forward: Forward, channels: number): FeatureMap {
  const x = conv2d(images, forward, 'stem.conv', stemConvolution(channels));
  const y = batchNorm(x, forward, 'stem.norm', { affine: true });
  x.dispose();
  return y;
}

/** Parameters of {@link join}; layer 0 has none. */
export function joinParameters(
  { layer, name, channels }: LayerPlace,
  structure: MacroStructure,
  skips: number,
): ParameterSpec[] {
  if (layer === 0) return [];
  if (structure === 'searched') {
    return batchNormParameters(`${name}.join.norm`, channels, { affine: true });
  }
  const options = { outputs: channels, kernel: 1, affine: true };
  return reluConvBnParameters(`${name}.join`, (skips + 1) * channels, options);
}

/**
 * What a layer gives: its operation's result and the skips, added, then batch norm; in final
 * networks the skips first, concatenated, then ReLU, 1×1 convolution, batch norm. Layer 0 gives its
 * operation's result. Frees `own`.
 */
export function join(
  own: FeatureMap,
  skips: readonly FeatureMap[],
  { layer, name, channels }: LayerPlace,
  { structure, forward }: { readonly structure: MacroStructure; readonly forward: Forward },
): FeatureMap {
  if (layer === 0) return own;
  if (structure !== 'searched') {
    const all = concatChannels([...skips, own], forward);
    own.dispose();
    const options = { outputs: channels, kernel: 1, affine: true };
    const y = reluConvBn(all, forward, `${name}.join`, options);
    all.dispose();
    return y;
  }
  const sum = new MapSum(forward);
  for (const skip of skips) sum.add(skip, false);
  sum.add(own, true);
  const y = batchNorm(sum.total as FeatureMap, forward, `${name}.join.norm`, { affine: true });
  sum.dispose();
  return y;
}

/** Parameters of {@link head}. */
export function headParameters(channels: number, classes: number): ParameterSpec[] {
  return linearParameters('head.linear', channels, classes);
}

/** Global average, dropout where the pass has any, linear classifier. Frees x. */
export function head(x: FeatureMap, forward: Forward, classes: number): Logits {
  const pooled = dropout(globalAveragePool(x, forward), forward, 'head.dropout');
  x.dispose();
  return linear(pooled, forward, 'head.linear', classes);
}
