// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import type tf from '#tfjs';
import type { Convolution } from './convolution-shape.ts';
import type { TensorMemory } from './tensor-memory.ts';

/** Numbers in a tile: a good part of the second-level cache. */
const TILE = 16_384;

/**
 * [n, h, w, c] to [c, h, w, n], by way of a tile with some pixels of all images: both the
 * images and the result are then read and written in runs. The tile's rows are a cache line
 * longer than they hold, because rows a power of two apart would evict each other.
 */
export function batchToChannels(x: tf.TensorInfo, memory: TensorMemory): tf.TensorInfo {
  const [images, height, width, channels] = x.shape as [number, number, number, number];
  const output = memory.allocate([channels, height, width, images]);
  const [source, target] = [memory.view(x), memory.view(output)];
  const pixels = height * width;
  const block = Math.max(1, Math.floor(TILE / (channels * images)));
  const pitch = block * images + 16;
  const tile = new Float32Array(channels * pitch);
  for (let start = 0; start < pixels; start += block) {
    const count = Math.min(block, pixels - start);
    for (let n = 0; n < images; n++) {
      let from = (n * pixels + start) * channels;
      for (let to = n; to < count * images; to += images) {
        for (let at = to; at < channels * pitch; at += pitch) tile[at] = source[from++]!;
      }
    }
    for (let c = 0; c < channels; c++) {
      const row = tile.subarray(c * pitch, c * pitch + count * images);
      target.set(row, (c * pixels + start) * images);
    }
  }
  return output;
}

/** [n, h, w, c] to [h, w, n, c]. */
export function batchToFilter(dy: tf.TensorInfo, memory: TensorMemory): tf.TensorInfo {
  return memory.run('Transpose', { x: dy }, { perm: [1, 2, 0, 3] });
}

/** [c, ≥kh, ≥kw, d] to [kh, kw, c, d]: sums beyond the filter belong to no weight. */
export function filterFromSums(
  sums: tf.TensorInfo,
  shape: Convolution,
  memory: TensorMemory,
): tf.TensorInfo {
  const [channels, rows, columns, outputs] = sums.shape as [number, number, number, number];
  const output = memory.allocate(shape.filterShape);
  const [source, target] = [memory.view(sums), memory.view(output)];
  let to = 0;
  for (let ky = 0; ky < shape.filterHeight; ky++) {
    for (let kx = 0; kx < shape.filterWidth; kx++) {
      for (let c = 0; c < channels; c++, to += outputs) {
        const from = ((c * rows + ky) * columns + kx) * outputs;
        target.set(source.subarray(from, from + outputs), to);
      }
    }
  }
  return output;
}

/** The filter turned by half a turn with its channels exchanged: [kh, kw, c, d] to [kh, kw, d, c]. */
export function turnFilter(filter: tf.TensorInfo, memory: TensorMemory): tf.TensorInfo {
  const [height, width, channels, outputs] = filter.shape as [number, number, number, number];
  const output = memory.allocate([height, width, outputs, channels]);
  const [source, target] = [memory.view(filter), memory.view(output)];
  const taps = height * width;
  const size = channels * outputs;
  for (let tap = 0; tap < taps; tap++) {
    const from = (taps - 1 - tap) * size;
    for (let c = 0; c < channels; c++) {
      for (let d = 0; d < outputs; d++) {
        target[tap * size + d * channels + c] = source[from + c * outputs + d]!;
      }
    }
  }
  return output;
}

/** dy with `stride − 1` zeros between its pixels; `undefined` when the stride is one. */
export function spreadOut(
  dy: tf.TensorInfo,
  shape: Convolution,
  memory: TensorMemory,
): tf.TensorInfo | undefined {
  const { strideHeight, strideWidth, outHeight, outWidth, outChannels, batchSize } = shape;
  if (strideHeight === 1 && strideWidth === 1) return undefined;
  const height = (outHeight - 1) * strideHeight + 1;
  const width = (outWidth - 1) * strideWidth + 1;
  const output = memory.allocate([batchSize, height, width, outChannels]);
  const [source, target] = [memory.view(dy), memory.view(output).fill(0)];
  for (let row = 0, from = 0; row < batchSize * outHeight; row++) {
    const image = Math.floor(row / outHeight);
    const y = image * height + (row % outHeight) * strideHeight;
    for (let ox = 0; ox < outWidth; ox++, from += outChannels) {
      const to = (y * width + ox * strideWidth) * outChannels;
      target.set(source.subarray(from, from + outChannels), to);
    }
  }
  return output;
}
