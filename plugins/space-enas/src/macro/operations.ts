import {
  avgPool3x3,
  type Forward,
  maxPool3x3,
  type Owner,
  type ParameterSpec,
  relu,
  reluConvBn,
  reluConvBnParameters,
  separableBlock,
  separableParameters,
} from '@archer-nas/nn';

import type { Operation } from './architecture.ts';
import type { LayerPlace, MacroStructure } from './skeleton.ts';

/** A map of features: [batch, height, width, channels]. */
export type FeatureMap = Parameters<typeof avgPool3x3>[0];

/** Geometry behind the 1×1 convolution. */
const KERNELS = {
  conv_3x3: { kernel: 3, padding: 1 },
  sep_conv_3x3: { kernel: 3, padding: 1 },
  conv_5x5: { kernel: 5, padding: 2 },
  sep_conv_5x5: { kernel: 5, padding: 2 },
} as const;

function layersOf(op: Operation, { name, channels }: LayerPlace) {
  const first = { outputs: channels, kernel: 1, affine: true };
  const names = { first: `${name}.${op}.first`, second: `${name}.${op}.second` };
  if (op === 'avg_pool_3x3' || op === 'max_pool_3x3') return { names, first };
  return { names, first, second: { outputs: channels, affine: true, ...KERNELS[op] } };
}

/** Whether a convolution is depthwise and pointwise; the released final network has none. */
function isSeparable(op: Operation, structure: MacroStructure): boolean {
  return op.startsWith('sep_') && structure !== 'released';
}

/** Parameters of one operation of a layer, named after the operation. */
export function operationParameters(
  op: Operation,
  place: LayerPlace,
  { structure, inputs, owner }: OperationSettings,
): ParameterSpec[] {
  const { names, first, second } = layersOf(op, place);
  const parameters = reluConvBnParameters(names.first, inputs, first, owner);
  if (second === undefined) return parameters;
  const ofSecond = isSeparable(op, structure) ? separableParameters : reluConvBnParameters;
  return [...parameters, ...ofSecond(names.second, place.channels, second, owner)];
}

/** What the parameters of an operation depend on besides its place. */
export interface OperationSettings {
  readonly structure: MacroStructure;
  /** Channels of its input. */
  readonly inputs: number;
  readonly owner?: Owner | undefined;
}

/**
 * One operation of a layer. In the supernet 1×1 convolution, batch norm, ReLU, then the
 * convolution, batch norm, ReLU, or the pool; in final networks the ReLUs are in front.
 */
export function operation(
  op: Operation,
  place: LayerPlace,
  structure: MacroStructure,
  forward: Forward,
): (x: FeatureMap) => FeatureMap {
  const { names, first, second } = layersOf(op, place);
  const searched = structure === 'searched';
  return (x) => {
    const narrow = reluConvBn(x, forward, names.first, { ...first, relu: !searched });
    if (second === undefined) return pooled(op, narrow, forward);
    const convolve = isSeparable(op, structure) ? separableBlock : reluConvBn;
    const y = convolve(narrow, forward, names.second, second);
    narrow.dispose();
    return searched ? rectified(y, forward) : y;
  };
}

/** The pool of the rectified map, which it frees. */
function pooled(op: Operation, x: FeatureMap, forward: Forward): FeatureMap {
  const active = rectified(x, forward);
  const pool = op === 'avg_pool_3x3' ? avgPool3x3 : maxPool3x3;
  const y = pool(active, forward);
  active.dispose();
  return y;
}

function rectified(x: FeatureMap, forward: Forward): FeatureMap {
  const y = relu(x, forward);
  x.dispose();
  return y;
}
