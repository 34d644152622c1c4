import {
  avgPool3x3,
  batchNorm,
  dropPath,
  type Forward,
  factorizedReduce,
  factorizedReduceParameters,
  maxPool3x3,
  normalMap,
  type Owner,
  type ParameterSpec,
  type Candidate as SiteCandidate,
  separableBlock,
  separableParameters,
  sepConv,
  sepConvParameters,
} from '@archer-nas/nn';

import type { Candidate } from './candidates.ts';

/** A map of features: [batch, height, width, channels]. */
export type FeatureMap = Parameters<typeof avgPool3x3>[0];

/**
 * `search`: batch norms without scale and offset, and one behind every pool, so that mixture
 * weights compare maps of one size. `trained`: scale and offset, none behind pools.
 */
export type LayerStyle = 'search' | 'trained';

/** An edge of one cell: `cell3.edge1`, that cell's channels, and whether it halves the map. */
export interface EdgePlace {
  readonly name: string;
  readonly channels: number;
  readonly stride: 1 | 2;
}

/** Geometry of the convolutions; the padding keeps the size at stride 1. */
const CONVOLUTIONS = {
  sep_conv_3x3: { kernel: 3, padding: 1 },
  sep_conv_5x5: { kernel: 5, padding: 2 },
  dil_conv_3x3: { kernel: 3, padding: 2, dilation: 2 },
  dil_conv_5x5: { kernel: 5, padding: 4, dilation: 2 },
} as const;

/** Parameters of one operation on an edge, named after the operation. */
export function operationParameters(
  op: Candidate,
  { name: edge, channels, stride }: EdgePlace,
  style: LayerStyle,
  owner?: Owner,
): ParameterSpec[] {
  const name = `${edge}.${op}`;
  const size = { outputs: channels, affine: style === 'trained' };
  switch (op) {
    case 'skip_connect':
      return stride === 1 ? [] : factorizedReduceParameters(name, channels, size, owner);
    case 'sep_conv_3x3':
    case 'sep_conv_5x5':
      return sepConvParameters(name, channels, { ...size, ...CONVOLUTIONS[op] }, owner);
    case 'dil_conv_3x3':
    case 'dil_conv_5x5':
      return separableParameters(name, channels, { ...size, ...CONVOLUTIONS[op] }, owner);
    default:
      return [];
  }
}

/**
 * One operation on an edge, added to the sum where its kernel can. `none` gives `undefined`, an
 * identity the map itself. Under drop-path what any other operation gives is dropped now and then.
 */
export function operation(
  op: Candidate,
  place: EdgePlace,
  style: LayerStyle,
  forward: Forward,
): SiteCandidate {
  const run = always(op, place, style, forward);
  if (!forward.dropPath) return run;
  return (x) => {
    const y = run(x);
    return y === undefined || y === x ? y : dropPath(y, forward, `${place.name}.drop`);
  };
}

function always(
  op: Candidate,
  { name: edge, channels, stride }: EdgePlace,
  style: LayerStyle,
  forward: Forward,
): SiteCandidate {
  const name = `${edge}.${op}`;
  const size = { outputs: channels, affine: style === 'trained' };
  switch (op) {
    case 'none':
      return () => undefined;
    case 'skip_connect':
      return (x) => (stride === 1 ? x : factorizedReduce(x, forward, name, size));
    case 'noise':
      return (x) => noise(x, stride, name, forward);
    case 'max_pool_3x3':
      return (x) => pooled(maxPool3x3(x, forward, { stride }), name, style, forward);
    case 'avg_pool_3x3':
      return (x) => pooled(avgPool3x3(x, forward, { stride }), name, style, forward);
    case 'sep_conv_3x3':
    case 'sep_conv_5x5': {
      const options = { ...size, ...CONVOLUTIONS[op], stride };
      return (x, sum) => sepConv(x, forward, name, options, sum?.take());
    }
    case 'dil_conv_3x3':
    case 'dil_conv_5x5': {
      const options = { ...size, ...CONVOLUTIONS[op], stride };
      return (x, sum) => separableBlock(x, forward, name, options, sum?.take());
    }
  }
}

/** Fresh N(0, 1) of the result's shape: x is not looked at, so that it gets no gradient. */
function noise(x: FeatureMap, stride: 1 | 2, name: string, { draws }: Forward): FeatureMap {
  if (draws === undefined) throw new Error(`The noise at ${name} has nothing to draw from.`);
  const [images, height, width, channels] = x.shape;
  return normalMap([images, height / stride, width / stride, channels], draws(name));
}

function pooled(x: FeatureMap, name: string, style: LayerStyle, forward: Forward): FeatureMap {
  if (style === 'trained') return x;
  const y = batchNorm(x, forward, `${name}.norm`);
  x.dispose();
  return y;
}
