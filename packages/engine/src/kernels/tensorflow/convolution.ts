// biome-ignore-all lint/style/noNonNullAssertion: tfjs calls a kernel with the inputs of its name
import tf from '#tfjs';
import { type Gaps, gapsOf, shapeWithGaps, withGaps, withoutGaps } from '../filter-gaps.ts';
import type { OperationAttributes, TensorflowKernel } from './operations.ts';

/**
 * Convolutions and their gradients with any padding and dilation. tfjs-node 4.22 takes no
 * padding in pixels. TensorFlow takes dilations only in `Conv2D`: its gradients refuse them
 * without oneDNN, and the depthwise input gradient ignores them without a word. There a
 * filter with zeros between its taps is used instead.
 */
export const convolutions: readonly TensorflowKernel[] = [
  'Conv2D',
  'DepthwiseConv2dNative',
].flatMap((name) => {
  const depthwise = name !== 'Conv2D';
  return [forward(name, depthwise), byInput(name, depthwise), byFilter(name, depthwise)];
});

function forward(name: string, depthwise: boolean): TensorflowKernel {
  return {
    name,
    compute({ x, filter }, attrs, operation) {
      const gaps = gapsIn(attrs);
      const size = gaps ? shapeWithGaps(filter!.shape, gaps) : filter!.shape;
      const attributes = geometry(x!.shape, size, attrs, depthwise);
      if (!gaps) return operation(name, [x!, filter!], attributes)[0];
      if (depthwise) return operation(name, [x!, withGaps(filter!, gaps)], attributes)[0];
      return operation(name, [x!, filter!], { ...attributes, dilations: [1, ...gaps, 1] })[0];
    },
  };
}

function byInput(name: string, depthwise: boolean): TensorflowKernel {
  return {
    name: `${name}BackpropInput`,
    compute({ dy, filter }, attrs, operation) {
      const gaps = gapsIn(attrs);
      const taps = gaps ? withGaps(filter!, gaps) : filter!;
      const shape = attrs.inputShape as number[];
      const inputs = [tf.tensor1d(shape, 'int32'), taps, dy!];
      const attributes = geometry(shape, taps.shape, attrs, depthwise);
      return operation(`${name}BackpropInput`, inputs, attributes)[0];
    },
  };
}

function byFilter(name: string, depthwise: boolean): TensorflowKernel {
  return {
    name: `${name}BackpropFilter`,
    compute({ x, dy }, attrs, operation) {
      const gaps = gapsIn(attrs);
      const shape = attrs.filterShape as number[];
      const spread = gaps ? shapeWithGaps(shape, gaps) : shape;
      const inputs = [x!, tf.tensor1d(spread, 'int32'), dy!];
      const attributes = geometry(x!.shape, spread, attrs, depthwise);
      const dw = operation(`${name}BackpropFilter`, inputs, attributes)[0];
      return gaps ? withoutGaps(dw, gaps) : dw;
    },
  };
}

type Attributes = Readonly<Record<string, unknown>>;
type Shape4 = [number, number, number, number];

function gapsIn(attrs: Attributes): Gaps | undefined {
  return gapsOf((attrs.dilations as number | Gaps | undefined) ?? 1);
}

/** Strides and padding as TensorFlow names them, of a filter without gaps. */
function geometry(
  input: readonly number[],
  filter: readonly number[],
  attrs: Attributes,
  depthwise: boolean,
): OperationAttributes {
  if (attrs.dataFormat !== undefined && attrs.dataFormat !== 'NHWC')
    throw new Error(`Convolutions of layout ${attrs.dataFormat} are not there, only NHWC.`);
  const { strideHeight, strideWidth, padInfo } = tf.backend_util.computeConv2DInfo(
    input as Shape4,
    filter as Shape4,
    attrs.strides as [number, number],
    1,
    attrs.pad as 'same' | 'valid' | number,
    attrs.dimRoundingMode as 'floor' | undefined,
    depthwise,
  );
  const strides = [1, strideHeight, strideWidth, 1];
  const { type, top, bottom, left, right } = padInfo;
  // 'NUMBER' or 'EXPLICIT': TensorFlow knows the second only.
  if (type !== 'SAME' && type !== 'VALID') {
    const explicit_paddings = [0, 0, top, bottom, left, right, 0, 0];
    return { data_format: 'NHWC', strides, padding: 'EXPLICIT', explicit_paddings };
  }
  return { data_format: 'NHWC', strides, padding: type };
}
