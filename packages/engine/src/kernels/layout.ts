// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import type * as tf from '@tensorflow/tfjs';
import type { Convolution } from './convolution-shape.ts';
import type { TensorMemory } from './tensor-memory.ts';

/**
 * [n, h, w, c] to [c, h, w, n]. One pixel of all images at a time goes through a small
 * tile, because writing straight to `c` places a power of two apart evicts each line
 * before it is full.
 */
export function batchToChannels(x: tf.TensorInfo, memory: TensorMemory): tf.TensorInfo {
  const [images, height, width, channels] = x.shape as [number, number, number, number];
  const output = memory.allocate([channels, height, width, images]);
  const [source, target] = [memory.view(x), memory.view(output)];
  const pixels = height * width;
  const tile = new Float32Array(channels * images);
  for (let p = 0; p < pixels; p++) {
    for (let n = 0; n < images; n++) {
      const from = (n * pixels + p) * channels;
      for (let c = 0, to = n; c < channels; c++, to += images) tile[to] = source[from + c]!;
    }
    for (let c = 0; c < channels; c++) {
      const from = c * images;
      const to = (c * pixels + p) * images;
      for (let n = 0; n < images; n++) target[to + n] = tile[from + n]!;
    }
  }
  return output;
}

/** [n, h, w, c] to [h, w, n, c]. */
export function batchToFilter(dy: tf.TensorInfo, memory: TensorMemory): tf.TensorInfo {
  const [images, height, width, channels] = dy.shape as [number, number, number, number];
  const output = memory.allocate([height, width, images, channels]);
  const [source, target] = [memory.view(dy), memory.view(output)];
  const pixels = height * width;
  for (let n = 0; n < images; n++) {
    for (let p = 0; p < pixels; p++) {
      const from = (n * pixels + p) * channels;
      const to = (p * images + n) * channels;
      for (let c = 0; c < channels; c++) target[to + c] = source[from + c]!;
    }
  }
  return output;
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
