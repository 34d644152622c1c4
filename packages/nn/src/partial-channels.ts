import { tf } from '@archer-nas/engine';
import { concatChannels, zeroMap } from './elementwise.ts';
import type { Forward, PartialChannels } from './network.ts';
import { maxPool2x2 } from './pooling.ts';

/**
 * Runs `run` on the first of `of` blocks of channels; the others bypass it, pooled by 2×2 maxima
 * where the stride is 2. The result's channels are shuffled, so that what follows sees parts of both.
 * Channels are picked and put by products with ones and zeros, which are exact and whose gradients
 * are fast on every engine; an export records slices, a concatenation and the shuffle.
 */
export function partialChannels(
  x: tf.Tensor4D,
  { of, stride = 1 }: PartialChannels,
  run: (part: tf.Tensor4D) => tf.Tensor4D | undefined,
  forward: Forward,
): tf.Tensor4D {
  if (forward.trace !== undefined) return recorded(x, { of, stride }, run, forward);
  const channels = x.shape[3];
  const size = channels / of;
  const bypass = stride === 1 ? x : maxPool2x2(x, forward);
  const part = firstChannels(x, size, forward);
  const y = run(part);
  const shuffled = (from: number): number => (from % size) * of + Math.floor(from / size);
  const rest = moved(bypass, channels, (from) => (from < size ? undefined : shuffled(from)));
  const placed = y && moved(y, channels, shuffled);
  const sum = placed === undefined ? rest : tf.add<tf.Tensor4D>(rest, placed);
  if (bypass !== x) bypass.dispose();
  if (y !== part) y?.dispose();
  part.dispose();
  if (sum !== rest) rest.dispose();
  placed?.dispose();
  return sum;
}

/** The first `size` channels of a map. */
export function firstChannels(x: tf.Tensor4D, size: number, forward: Forward): tf.Tensor4D {
  if (forward.trace !== undefined) return channelsOf(x, [0, size], forward);
  return moved(x, size, (from) => (from < size ? from : undefined));
}

/**
 * The channels of even and those of odd number, in their order: what ShuffleNetV2 units of SPOS
 * split their input into, which is a channel shuffle and a split in halves.
 */
export function channelsByParity(
  x: tf.Tensor4D,
  forward: Forward,
): readonly [even: tf.Tensor4D, odd: tf.Tensor4D] {
  const half = x.shape[3] / 2;
  if (forward.trace !== undefined) {
    const sorted = shuffleChannels(x, half, forward);
    return [channelsOf(sorted, [0, half], forward), channelsOf(sorted, [half, half], forward)];
  }
  const those = (parity: number) => (from: number) =>
    from % 2 === parity ? (from - parity) / 2 : undefined;
  return [moved(x, half, those(0)), moved(x, half, those(1))];
}

/** The channels of a map at their places in one of `size` channels; `undefined` drops a channel. */
function moved(
  x: tf.Tensor4D,
  size: number,
  placeOf: (from: number) => number | undefined,
): tf.Tensor4D {
  const [images, height, width, channels] = x.shape;
  const ones = new Float32Array(channels * size);
  for (let from = 0; from < channels; from++) {
    const place = placeOf(from);
    if (place !== undefined) ones[from * size + place] = 1;
  }
  const matrix = tf.tensor2d(ones, [channels, size]);
  const pixels = x.reshape([-1, channels]);
  const product = tf.matMul(pixels, matrix);
  const y = product.reshape([images, height, width, size]) as tf.Tensor4D;
  for (const tensor of [matrix, pixels, product]) tensor.dispose();
  return y;
}

/** The same in layers that an export knows. */
function recorded(
  x: tf.Tensor4D,
  { of, stride }: Required<PartialChannels>,
  run: (part: tf.Tensor4D) => tf.Tensor4D | undefined,
  forward: Forward,
): tf.Tensor4D {
  const size = x.shape[3] / of;
  const part = firstChannels(x, size, forward);
  const rest = channelsOf(x, [size, x.shape[3] - size], forward);
  const bypass = stride === 1 ? rest : maxPool2x2(rest, forward);
  const y = run(part) ?? zeroMap(channelsOf(bypass, [0, size], forward), forward);
  return shuffleChannels(concatChannels([y, bypass], forward), of, forward);
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
