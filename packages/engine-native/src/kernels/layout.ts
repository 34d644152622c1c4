// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import { tf } from '@archer-nas/engine';
import { input, register } from './register.ts';

/** A copy between boxes: along each axis its size and both strides; and where both start. */
interface Box {
  readonly size: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly fromOffset?: number;
  readonly toOffset?: number;
}

/** Registers what moves numbers without changing them. `cpu` would hand out parts of its input. */
export function registerLayout(): void {
  register('Slice', (inputs, attrs, backend) => {
    const x = input(inputs, 'x');
    const { begin, size } = attrs as { begin: number | number[]; size: number | number[] };
    const [start, shape] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size) as [
      number[],
      number[],
    ];
    tf.slice_util.assertParamsValid(x as tf.Tensor, start, shape);
    if (shape.includes(0)) return undefined;
    const from = strides(x.shape);
    const copy = copyOf({
      size: shape,
      from,
      to: strides(shape),
      fromOffset: start.reduce((sum, at, d) => sum + at * from[d]!, 0),
    });
    if (copy === undefined) return undefined;
    const y = backend.allocate(shape);
    backend.kernels.copy(copy, backend.values(x), y.values);
    return y.info;
  });

  // The gradient of a concatenation.
  register('SplitV', (inputs, attrs, backend) => {
    const x = input(inputs, 'x');
    const axis = tf.util.parseAxisParam(attrs.axis as number, x.shape)[0]!;
    const wanted = attrs.numOrSizeSplits as number | number[];
    const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, wanted, axis);
    if (sizes.includes(0)) return undefined;
    const from = strides(x.shape);
    let start = 0;
    const parts = sizes.map((size) => {
      const shape = x.shape.map((side, d) => (d === axis ? size : side));
      const fromOffset = start * from[axis]!;
      start += size;
      return { shape, copy: copyOf({ size: shape, from, to: strides(shape), fromOffset }) };
    });
    if (parts.some(({ copy }) => copy === undefined)) return undefined;
    return parts.map(({ shape, copy }) => {
      const y = backend.allocate(shape);
      backend.kernels.copy(copy!, backend.values(x), y.values);
      return y.info;
    });
  });

  register('PadV2', (inputs, attrs, backend) => {
    const x = input(inputs, 'x');
    const { paddings, constantValue } = attrs as {
      paddings: [number, number][];
      constantValue: number;
    };
    const shape = x.shape.map((side, d) => side + paddings[d]![0] + paddings[d]![1]);
    const to = strides(shape);
    const copy = copyOf({
      size: x.shape,
      from: strides(x.shape),
      to,
      toOffset: paddings.reduce((sum, [before], d) => sum + before * to[d]!, 0),
    });
    if (copy === undefined) return undefined;
    const y = backend.allocate(shape);
    backend.kernels.fill(y.values.length, constantValue, y.values);
    backend.kernels.copy(copy, backend.values(x), y.values);
    return y.info;
  });

  register('Transpose', (inputs, attrs, backend) => {
    const x = input(inputs, 'x');
    const perm = attrs.perm as number[];
    const shape = perm.map((d) => x.shape[d]!);
    const from = strides(x.shape);
    const copy = copyOf({ size: shape, from: perm.map((d) => from[d]!), to: strides(shape) });
    if (copy === undefined) return undefined;
    const y = backend.allocate(shape);
    backend.kernels.copy(copy, backend.values(x), y.values);
    return y.info;
  });

  register('Concat', (inputs, attrs, backend) => {
    const tensors = Object.values(inputs) as tf.TensorInfo[];
    const axis = tf.util.parseAxisParam(attrs.axis as number, tensors[0]!.shape)[0]!;
    const shape = [...tensors[0]!.shape];
    shape[axis] = tensors.reduce((sum, tensor) => sum + tensor.shape[axis]!, 0);
    const to = strides(shape);
    let start = 0;
    const copies = tensors.map((tensor) => {
      const toOffset = start * to[axis]!;
      start += tensor.shape[axis]!;
      return copyOf({ size: tensor.shape, from: strides(tensor.shape), to, toOffset });
    });
    if (copies.includes(undefined)) return undefined;
    const y = backend.allocate(shape);
    tensors.forEach((tensor, i) => {
      backend.kernels.copy(copies[i]!, backend.values(tensor), y.values);
    });
    return y.info;
  });
}

/** The distances of neighbours along each axis, in numbers. */
export function strides(shape: readonly number[]): number[] {
  const result = new Array<number>(shape.length);
  for (let d = shape.length - 1, step = 1; d >= 0; step *= shape[d]!, d--) result[d] = step;
  return result;
}

/** The box as the addon reads it, with axes joined that both sides walk in one go. */
export function copyOf({
  size,
  from,
  to,
  fromOffset = 0,
  toOffset = 0,
}: Box): Int32Array | undefined {
  const axes: { size: number; from: number; to: number }[] = [];
  for (let d = size.length - 1; d >= 0; d--) {
    const axis = { size: size[d]!, from: from[d]!, to: to[d]! };
    if (axis.size === 1) continue;
    const inner = axes[0];
    const joins =
      inner && axis.from === inner.from * inner.size && axis.to === inner.to * inner.size;
    if (joins) inner.size *= axis.size;
    else axes.unshift(axis);
  }
  if (axes.length === 0) axes.push({ size: 1, from: 1, to: 1 });
  if (axes.length > 6) return undefined;
  return Int32Array.of(
    ...[axes.length, fromOffset, toOffset],
    ...axes.map((axis) => axis.size),
    ...axes.map((axis) => axis.from),
    ...axes.map((axis) => axis.to),
  );
}
