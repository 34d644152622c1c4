import { tf } from '@archer-nas/engine';
import type { Forward } from './network.ts';

/** max(x, 0). */
export function relu<T extends tf.Tensor>(x: T, forward: Forward): T {
  const y = tf.relu(x);
  forward.trace?.record('relu', [x], y);
  return y;
}

/**
 * min(max(x, 0), 6), whose gradient is zero at and outside of both ends, as PyTorch's; of kernels
 * that every engine has of its own.
 */
export function relu6<T extends tf.Tensor>(x: T, forward: Forward): T {
  const y = tf.customGrad((...inputs) => {
    const [input, save] = inputs as unknown as [tf.Tensor, (saved: tf.Tensor[]) => void];
    save([input]);
    return {
      value: tf.minimum(tf.relu(input), 6),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => {
        const inside = tf.mul(tf.step(saved as tf.Tensor), tf.step(tf.sub(6, saved as tf.Tensor)));
        return tf.mul(dy, inside);
      },
    };
  })(x) as T;
  forward.trace?.record('relu6', [x], y);
  return y;
}

/** The sum of the maps that are there; `undefined` is a map of zeros and costs nothing. */
export function addAll<T extends tf.Tensor>(
  maps: readonly (T | undefined)[],
  forward: Forward,
): T | undefined {
  return maps.reduce((sum, map) => {
    if (sum === undefined || map === undefined) return sum ?? map;
    const y = tf.add<T>(sum, map);
    forward.trace?.record('add', [sum, map], y);
    return y;
  }, undefined);
}

/** addend + y, where there is an addend; then y, which nothing else reads, is freed. */
export function addTo(
  addend: tf.Tensor4D | undefined,
  y: tf.Tensor4D,
  forward: Forward,
): tf.Tensor4D {
  if (addend === undefined) return y;
  const sum = addAll([addend, y], forward) as tf.Tensor4D;
  y.dispose();
  return sum;
}

/** x times a scalar or a broadcast tensor. */
export function scaleBy<T extends tf.Tensor>(x: T, factor: tf.Tensor, forward: Forward): T {
  const y = tf.mul<T>(x, factor);
  forward.trace?.record('scale', [x, factor], y);
  return y;
}

/** Concatenates along the channels. */
export function concatChannels(maps: readonly tf.Tensor4D[], forward: Forward): tf.Tensor4D {
  const y = tf.concat([...maps], 3);
  forward.trace?.record('concat', maps, y);
  return y;
}

/** A map of zeros of the shape of x, which is finite; the gradient to x is zero. */
export function zeroMap<T extends tf.Tensor>(x: T, forward: Forward): T {
  return scaleBy(x, tf.scalar(0), forward);
}
