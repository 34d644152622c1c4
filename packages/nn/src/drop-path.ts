import type { tf } from '@archer-nas/engine';
import { dropped } from './drop.ts';
import type { Forward } from './network.ts';

/**
 * Drop-path: each image loses the map with probability `forward.dropPath`, the others have it
 * divided by the probability of being kept. The draws are those of `name`. Gives a new map, and
 * then frees `y`; or `y` itself where nothing is dropped.
 */
export function dropPath(y: tf.Tensor4D, forward: Forward, name: string): tf.Tensor4D {
  const { dropPath: rate = 0, draws } = forward;
  if (rate === 0) return y;
  if (draws === undefined) throw new Error(`Drop-path at ${name} has nothing to draw from.`);
  const z = dropped(y, { rate, each: 'image' }, () => draws(name));
  y.dispose();
  return z;
}
