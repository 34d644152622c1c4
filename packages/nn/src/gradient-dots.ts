import { tf } from '@archer-nas/engine';
import type { Gradients } from './clipping.ts';

/**
 * The inner products of every two of n gradients, row by row, [n · n]. A parameter that one of them
 * lacks is zero there.
 */
export function gradientDots(all: readonly Gradients[]): Float64Array {
  const sizes = new Map(
    all.flatMap((gradients) => [...gradients].map(([name, { size }]) => [name, size] as const)),
  );
  if (sizes.size === 0) return new Float64Array(all.length ** 2);
  const dots = tf.tidy(() => {
    const rows = all.map((gradients) =>
      tf.concat(
        [...sizes].map(([name, size]) => gradients.get(name)?.flatten() ?? tf.zeros([size])),
      ),
    );
    const matrix = tf.stack(rows) as tf.Tensor2D;
    return tf.matMul(matrix, matrix, false, true).dataSync();
  });
  return Float64Array.from(dots);
}
