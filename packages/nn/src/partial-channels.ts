import { tf } from '@archer-nas/engine';
import { concatChannels, zeroMap } from './elementwise.ts';
import type { Forward, PartialChannels } from './network.ts';
import { maxPool2x2 } from './pooling.ts';

/**
 * Runs `run` on the first of `of` blocks of channels; the others bypass it, pooled by 2×2 maxima
 * where the stride is 2. The result's channels are shuffled, so that what follows sees parts of both.
 */
export function partialChannels(
  x: tf.Tensor4D,
  { of, stride = 1 }: PartialChannels,
  run: (part: tf.Tensor4D) => tf.Tensor4D | undefined,
  forward: Forward,
): tf.Tensor4D {
  const size = x.shape[3] / of;
  const part = channelsOf(x, [0, size], forward);
  const rest = channelsOf(x, [size, x.shape[3] - size], forward);
  const bypass = stride === 1 ? rest : maxPool2x2(rest, forward);
  if (bypass !== rest) rest.dispose();
  const y = run(part) ?? zeroMap(channelsOf(bypass, [0, size], forward), forward);
  const both = concatChannels([y, bypass], forward);
  if (y !== part) y.dispose();
  for (const map of [part, bypass]) map.dispose();
  const shuffled = shuffleChannels(both, of, forward);
  both.dispose();
  return shuffled;
}

/** Channel g·n + i of `groups` groups of n moves to i·groups + g (ShuffleNet's channel shuffle). */
export function shuffleChannels(x: tf.Tensor4D, groups: number, forward: Forward): tf.Tensor4D {
  const { shape } = x;
  const n = shape[3] / groups;
  const blocks = x.reshape([-1, groups, n]);
  const y = tf.transpose(blocks, [0, 2, 1]).reshape(shape) as tf.Tensor4D;
  forward.trace?.record('shuffle', [x], y, { groups });
  return y;
}

function channelsOf(
  x: tf.Tensor4D,
  [from, size]: readonly [number, number],
  forward: Forward,
): tf.Tensor4D {
  const y = tf.slice(x, [0, 0, 0, from], [-1, -1, -1, size]);
  forward.trace?.record('slice', [x], y, { from, size });
  return y;
}
