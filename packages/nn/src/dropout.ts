import { tf } from '@archer-nas/engine';
import { dropped } from './drop.ts';
import type { Forward } from './network.ts';

/**
 * Dropout of what reaches a classifier, [images, channels]: each value is 0 with probability
 * `forward.dropout`, the others are divided by the probability of being kept. The draws are those of
 * `name`. Gives a new tensor, and then frees `y`; or `y` itself where nothing is dropped.
 */
export function dropout(y: tf.Tensor2D, forward: Forward, name: string): tf.Tensor2D {
  const { dropout: rate = 0, draws } = forward;
  if (rate === 0) return y;
  if (draws === undefined) throw new Error(`Dropout at ${name} has nothing to draw from.`);
  const [images, channels] = y.shape;
  const map = tf.reshape<tf.Rank.R4>(y, [images, 1, 1, channels]);
  const z = dropped(map, { rate, each: 'value' }, () => draws(name));
  const kept = tf.reshape<tf.Rank.R2>(z, [images, channels]);
  for (const old of [y, map, z]) old.dispose();
  return kept;
}
