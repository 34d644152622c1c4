// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import { tf } from '@archer-nas/engine';
import type { NativeBackend } from '../backend.ts';
import { copyOf, strides } from './layout.ts';
import { type Attributes, input, register } from './register.ts';

/** Registers sums, means and extremes over any axes. */
export function registerReductions(): void {
  const sum: Kernel = (backend, { outer, n, inner }, x, y) =>
    backend.kernels.sum(outer, n, inner, 1, x, y);
  const mean: Kernel = (backend, { outer, n, inner }, x, y) =>
    backend.kernels.sum(outer, n, inner, 1 / n, x, y);
  const extreme =
    (most: boolean): Kernel =>
    (backend, { outer, n, inner }, x, y) =>
      backend.kernels.extreme(most, outer, n, inner, x, y);
  const kernels = { Sum: sum, Mean: mean, Max: extreme(true), Min: extreme(false) };
  for (const [name, kernel] of Object.entries(kernels)) {
    register(name, (inputs, attrs, backend) => reduce(input(inputs, 'x'), attrs, backend, kernel));
  }
}

/** A tensor as [outer, n, inner]; what is reduced is n. */
interface Parts {
  outer: number;
  n: number;
  inner: number;
}

type Kernel = (backend: NativeBackend, parts: Parts, x: Float32Array, y: Float32Array) => void;

function reduce(
  x: tf.TensorInfo,
  { axis, reductionIndices, keepDims }: Attributes,
  backend: NativeBackend,
  kernel: Kernel,
): tf.TensorInfo | undefined {
  const given = (reductionIndices ?? axis) as number | number[];
  const axes = tf.util.parseAxisParam(given, x.shape);
  const shape = x.shape.flatMap((side, d) => (axes.includes(d) ? (keepDims ? [1] : []) : [side]));
  const parts = partsOf(x.shape, axes);
  if (parts !== undefined) {
    const y = backend.allocate(shape);
    kernel(backend, parts, backend.values(x), y.values);
    return y.info;
  }
  const turned = withAxesLast(x, axes, backend);
  if (turned === undefined) return undefined;
  const y = backend.allocate(shape);
  const { info, outer, n } = turned;
  kernel(backend, { outer, n, inner: 1 }, backend.values(info), y.values);
  backend.disposeData(info.dataId);
  return y.info;
}

/** A copy with the axes to be reduced behind the others. */
function withAxesLast(
  x: tf.TensorInfo,
  axes: readonly number[],
  backend: NativeBackend,
): { info: tf.TensorInfo; outer: number; n: number } | undefined {
  const all = x.shape.map((_, d) => d);
  const kept = all.filter((d) => !axes.includes(d));
  const perm = [...kept, ...all.filter((d) => axes.includes(d))];
  const from = strides(x.shape);
  const size = perm.map((d) => x.shape[d]!);
  const copy = copyOf({ size, from: perm.map((d) => from[d]!), to: strides(size) });
  if (copy === undefined) return undefined;
  const { info, values } = backend.allocate(size);
  backend.kernels.copy(copy, backend.values(x), values);
  const outer = kept.reduce((product, d) => product * x.shape[d]!, 1);
  return { info, outer, n: values.length / outer };
}

/** x as [outer, n, inner] with the sum over n; `undefined` when the axes are not neighbours. */
function partsOf(
  shape: readonly number[],
  axes: readonly number[],
): { outer: number; n: number; inner: number } | undefined {
  const parts = { outer: 1, n: 1, inner: 1 };
  let place: keyof typeof parts = 'outer';
  for (let d = 0; d < shape.length; d++) {
    if (shape[d] === 1) continue;
    const summed = axes.includes(d);
    if (summed && place === 'inner') return undefined;
    if (summed) place = 'n';
    else if (place === 'n') place = 'inner';
    parts[place] *= shape[d]!;
  }
  return parts;
}
