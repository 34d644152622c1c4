import { tf } from '@archer-nas/engine';
import { PlanTable } from './plan-table.ts';
import type { Attributes } from './register.ts';

type Pair = number | [number, number];
type Shape4 = [number, number, number, number];
type Pad = 'valid' | 'same' | number | [number, number][];

/** A shape as the addon reads it, and the result's. */
export interface Plan {
  readonly shape: Int32Array;
  readonly output: number[];
}

/** Windows and strides up to these are the addon's; anything larger is left to `cpu`. */
const LARGEST = { window: 64, stride: 8, pad: 4096 };

const convolutions = new Map<string, Plan | undefined>();
const poolings = new Map<string, Plan | undefined>();
const layers = new PlanTable<Plan | undefined>();
const averages = new PlanTable<Plan | undefined>();

/** How the windows of a layer lie, the same along both sides. */
export interface Geometry {
  readonly stride: number;
  readonly pad: number;
  readonly dilation?: number;
}

/** The plan of a layer's convolution, made once; `undefined` where the addon has none. */
export function layerPlan(
  x: readonly number[],
  filter: readonly number[],
  geometry: Geometry,
): Plan | undefined {
  const { stride, pad, dilation = 1 } = geometry;
  return layers.get([x, filter, [stride, pad, dilation]], () =>
    convolutionPlan(x, filter, attributesOf(geometry)),
  );
}

/** The plan of a layer's average over windows of `size`, made once. */
export function averagePlan(
  x: readonly number[],
  { size, stride, pad }: Geometry & { readonly size: number },
): Plan | undefined {
  return averages.get([x, [size, stride, pad]], () =>
    poolingPlan(x, { filterSize: size, strides: stride, pad, dimRoundingMode: 'floor' }),
  );
}

/** Attributes of tfjs's convolutions. */
export function attributesOf({ stride, pad, dilation = 1 }: Geometry): Attributes {
  const strides = [stride, stride];
  return { strides, pad, dilations: [dilation, dilation], dimRoundingMode: 'floor' };
}

/**
 * The plan of a convolution with these shapes, made once; `undefined` where the addon has none.
 * Gradients carry `dilations` as well, which tfjs itself does not pass.
 */
export function convolutionPlan(
  x: readonly number[],
  filter: readonly number[],
  attrs: Attributes,
  depthwise = false,
): Plan | undefined {
  const { strides, pad, dilations, dimRoundingMode } = attrs;
  const padding = typeof pad === 'object' ? JSON.stringify(pad) : pad;
  const key = `${x}|${filter}|${strides}|${padding}|${dilations ?? 1}|${dimRoundingMode}|${depthwise}`;
  if (!convolutions.has(key)) convolutions.set(key, planConvolution(x, filter, attrs, depthwise));
  return convolutions.get(key);
}

function planConvolution(
  x: readonly number[],
  filter: readonly number[],
  attrs: Attributes,
  depthwise: boolean,
): Plan | undefined {
  const { strides, pad, dilations, dimRoundingMode, dataFormat } = attrs as {
    strides: Pair;
    pad: Pad;
    dilations?: Pair;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
    dataFormat?: string;
  };
  if (dataFormat === 'NCHW') return undefined;
  const c = tf.backend_util.computeConv2DInfo(
    x as Shape4,
    filter as Shape4,
    strides,
    dilations ?? 1,
    pad as number,
    dimRoundingMode,
    depthwise,
  );
  if (!fits(c) || Math.max(c.dilationHeight, c.dilationWidth) > LARGEST.pad) return undefined;
  const shape = Int32Array.of(
    ...[c.batchSize, c.inHeight, c.inWidth, c.inChannels],
    ...[c.filterHeight, c.filterWidth, c.outChannels],
    ...[c.strideHeight, c.strideWidth, c.dilationHeight, c.dilationWidth],
    ...[c.padInfo.top, c.padInfo.left, c.outHeight, c.outWidth],
  );
  return { shape, output: c.outShape };
}

/** The plan of a pooling of images of shape `x`, made once. */
export function poolingPlan(x: readonly number[], attrs: Attributes): Plan | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const padding = typeof pad === 'object' ? JSON.stringify(pad) : pad;
  const key = `${x}|${filterSize}|${strides}|${padding}|${dimRoundingMode}`;
  if (!poolings.has(key)) poolings.set(key, planPooling(x, attrs));
  return poolings.get(key);
}

function planPooling(x: readonly number[], attrs: Attributes): Plan | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as {
    filterSize: Pair;
    strides: Pair;
    pad: Pad;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  const p = tf.backend_util.computePool2DInfo(
    x as Shape4,
    filterSize,
    strides,
    1,
    pad as number,
    dimRoundingMode,
  );
  if (!fits(p)) return undefined;
  const shape = Int32Array.of(
    ...[p.batchSize, p.inHeight, p.inWidth, p.inChannels],
    ...[p.filterHeight, p.filterWidth, p.strideHeight, p.strideWidth],
    ...[p.padInfo.top, p.padInfo.left, p.outHeight, p.outWidth],
  );
  return { shape, output: p.outShape };
}

function fits(window: {
  filterHeight: number;
  filterWidth: number;
  strideHeight: number;
  strideWidth: number;
  outHeight: number;
  outWidth: number;
  padInfo: { top: number; left: number };
}): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = window;
  return (
    Math.max(filterHeight, filterWidth) <= LARGEST.window &&
    Math.max(strideHeight, strideWidth) <= LARGEST.stride &&
    Math.max(padInfo.top, padInfo.left) <= LARGEST.pad &&
    Math.min(window.outHeight, window.outWidth) > 0
  );
}
