import { type InputGradients, record, taping, tf, untaped } from '@archer-nas/engine';
import { addTo } from './elementwise.ts';
import { fusedAveragePool } from './fused.ts';
import type { Forward } from './network.ts';

/** Options of {@link avgPool3x3}. */
export interface AveragePoolOptions {
  readonly stride?: 1 | 2;
  /** Added to the result. */
  readonly addend?: tf.Tensor4D | undefined;
}

/** 3×3 average with padding 1 that divides by the number of pixels inside the image. */
export function avgPool3x3(
  x: tf.Tensor4D,
  forward: Forward,
  { stride = 1, addend }: AveragePoolOptions = {},
): tf.Tensor4D {
  const fused = fusedAveragePool();
  if (fused !== undefined && forward.trace === undefined) {
    return fused({ x, addend }, { size: 3, stride, pad: 1 });
  }
  const y = stride === 1 ? averageUnpadded(x) : averageStrided(x, stride);
  forward.trace?.record('avgPool3x3', [x], y, { stride });
  return addTo(addend, y, forward);
}

/** 3×3 maximum with padding 1 (padding never wins). */
export function maxPool3x3(
  x: tf.Tensor4D,
  forward: Forward,
  { stride = 1 }: { readonly stride?: 1 | 2 } = {},
): tf.Tensor4D {
  const y =
    stride === 1 ? tf.maxPool(x, 3, 1, 'same') : tf.maxPool(surround(x, LOWEST), 3, 2, 'valid');
  forward.trace?.record('maxPool3x3', [x], y, { stride });
  return y;
}

/** 2×2 maximum with stride 2, no padding; an odd last row or column is dropped. */
export function maxPool2x2(x: tf.Tensor4D, forward: Forward): tf.Tensor4D {
  const y = tf.maxPool(x, 2, 2, 'valid');
  forward.trace?.record('maxPool2x2', [x], y);
  return y;
}

/** 2×2 average with stride 2, no padding; an odd last row or column is dropped. */
export function avgPool2x2(x: tf.Tensor4D, forward: Forward): tf.Tensor4D {
  const fused = forward.trace === undefined ? fusedAveragePool() : undefined;
  const y = fused?.({ x }, { size: 2, stride: 2, pad: 0 }) ?? tf.avgPool(x, 2, 2, 'valid');
  forward.trace?.record('avgPool2x2', [x], y);
  return y;
}

/** Average over windows inside of the map: no padding. */
export function avgPoolValid(
  x: tf.Tensor4D,
  forward: Forward,
  { size, stride }: { readonly size: number; readonly stride: number },
): tf.Tensor4D {
  const fused = forward.trace === undefined ? fusedAveragePool() : undefined;
  const y = fused?.({ x }, { size, stride, pad: 0 }) ?? tf.avgPool(x, size, stride, 'valid');
  forward.trace?.record('avgPoolValid', [x], y, { size, stride });
  return y;
}

/** The mean over height and width: [batch, channels]. */
export function globalAveragePool(x: tf.Tensor4D, forward: Forward): tf.Tensor2D {
  const recorded = taping();
  const y = untaped(() => tf.mean<tf.Tensor2D>(x, [1, 2]));
  if (recorded) recordAverage(x.shape, { x }, y);
  forward.trace?.record('globalAveragePool', [x], y);
  return y;
}

/** Every pixel has an equal share of the gradient. (tfjs's own makes its ones in JavaScript.) */
function recordAverage(
  shape: tf.Tensor4D['shape'],
  inputs: { readonly x: tf.Tensor4D },
  output: tf.Tensor2D,
): void {
  const [images, height, width, channels] = shape;
  const backward = (dy: tf.Tensor, gradients: InputGradients) => {
    const dx = tf.tidy(() => {
      const share = tf.div(dy.reshape([images, 1, 1, channels]), height * width);
      return tf.mul(share, tf.fill(shape, 1));
    });
    gradients.add('x', dx);
  };
  record({ name: 'globalAveragePool', inputs, output, saved: [], backward });
}

/** The most negative float, which no maximum takes. */
export const LOWEST = -3.4028234663852886e38;

function surround(x: tf.Tensor4D, value: number): tf.Tensor4D {
  return tf.pad(
    x,
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
    value,
  );
}

/**
 * With B the 3×3 box sum and c the map of counts, y = B(x) / c and, B being symmetric,
 * dx = B(dy / c) = c · average(dy / c): no pooling gradient of the backend is involved
 * (tfjs's divides by nine at the border too).
 */
function averageUnpadded(x: tf.Tensor4D): tf.Tensor4D {
  return tf.customGrad((input) => {
    const map = input as tf.Tensor4D;
    return {
      value: tf.avgPool(map, 3, 1, 'same'),
      gradFunc: (dy: tf.Tensor) => {
        const count = countMap(map.shape[1], map.shape[2], 1);
        return tf.mul(tf.avgPool(tf.div(dy, count) as tf.Tensor4D, 3, 1, 'same'), count);
      },
    };
  })(x) as tf.Tensor4D;
}

function averageStrided(x: tf.Tensor4D, stride: number): tf.Tensor4D {
  const ninth = tf.avgPool(surround(x, 0), 3, stride, 'valid');
  return tf.mul(ninth, tf.div(9, countMap(x.shape[1], x.shape[2], stride)));
}

/** How many pixels of each 3×3 window with padding 1 lie inside: shape [1, h, w, 1]. */
export function validCounts(
  height: number,
  width: number,
  stride: number,
): { readonly shape: [number, number, number, number]; readonly values: Float32Array } {
  const rows = countsAlong(height, stride);
  const columns = countsAlong(width, stride);
  const values = Float32Array.from(rows.flatMap((row) => columns.map((column) => row * column)));
  return { shape: [1, rows.length, columns.length, 1], values };
}

function countMap(height: number, width: number, stride: number): tf.Tensor4D {
  const { shape, values } = validCounts(height, width, stride);
  return tf.tensor4d(values, shape);
}

function countsAlong(size: number, stride: number): number[] {
  const windows = Math.floor((size - 1) / stride) + 1;
  return Array.from({ length: windows }, (_, at) => {
    const centre = at * stride;
    return Math.min(centre + 1, size - 1) - Math.max(centre - 1, 0) + 1;
  });
}
