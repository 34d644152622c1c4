// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import { tf } from '@archer-nas/engine';
import type { NativeBackend } from '../backend.ts';
import { type Attributes, input, register } from './register.ts';

/** Registers sums and means over neighbouring axes. */
export function registerReductions(): void {
  register('Sum', (inputs, attrs, backend) => reduce(input(inputs, 'x'), attrs, backend, false));
  register('Mean', (inputs, attrs, backend) => reduce(input(inputs, 'x'), attrs, backend, true));
}

function reduce(
  x: tf.TensorInfo,
  { axis, keepDims }: Attributes,
  backend: NativeBackend,
  mean: boolean,
): tf.TensorInfo | undefined {
  const axes = tf.util.parseAxisParam(axis as number | number[], x.shape);
  const parts = partsOf(x.shape, axes);
  if (parts === undefined) return undefined;
  const shape = x.shape.flatMap((side, d) => (axes.includes(d) ? (keepDims ? [1] : []) : [side]));
  const y = backend.allocate(shape);
  const { outer, n, inner } = parts;
  backend.addon.sum(outer, n, inner, mean ? 1 / n : 1, backend.values(x), y.values);
  return y.info;
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
