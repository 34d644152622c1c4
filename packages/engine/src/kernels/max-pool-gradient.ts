// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import tf from '#tfjs';
import { type HostKernel, input } from './tensor-memory.ts';

/**
 * The gradient of maximum pooling: each output's goes to the first pixel of its window that
 * holds the maximum, as in PyTorch. tfjs-backend-wasm 4.22 starts its search at the smallest
 * positive float and so loses the gradient of windows that are all negative.
 */
export const maxPoolGradient: HostKernel = {
  name: 'MaxPoolGrad',
  compute(inputs, attrs, memory) {
    const dy = input(inputs, 'dy');
    const x = input(inputs, 'input');
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as PoolAttributes;
    const pool = tf.backend_util.computePool2DInfo(
      x.shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const dx = memory.allocate(x.shape);
    scatter(memory.view(x), memory.view(dy), memory.view(dx).fill(0), pool);
    return dx;
  },
};

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Pool = ReturnType<typeof tf.backend_util.computePool2DInfo>;

function scatter(x: Float32Array, dy: Float32Array, dx: Float32Array, pool: Pool): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = pool;
  const window = {
    rows: [0, 0],
    columns: [0, 0],
    width: inWidth * inChannels,
    channels: inChannels,
  };
  let at = 0;
  for (let n = 0; n < batchSize; n++) {
    const image = n * inHeight * window.width;
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * pool.strideHeight - padInfo.top;
      window.rows = [Math.max(0, top), Math.min(inHeight, top + pool.filterHeight)];
      for (let ox = 0; ox < outWidth; ox++) {
        const left = ox * pool.strideWidth - padInfo.left;
        window.columns = [Math.max(0, left), Math.min(inWidth, left + pool.filterWidth)];
        for (let c = 0; c < inChannels; c++) dx[largest(x, image + c, window)]! += dy[at++]!;
      }
    }
  }
}

interface Window {
  /** First row or column, and the one after the last. */
  rows: number[];
  columns: number[];
  /** Values in a row of the image. */
  readonly width: number;
  readonly channels: number;
}

/** Where the first maximum of a window lies, for the channel that starts at `origin`. */
function largest(
  x: Float32Array,
  origin: number,
  { rows, columns, width, channels }: Window,
): number {
  let best = origin + rows[0]! * width + columns[0]! * channels;
  for (let row = rows[0]!; row < rows[1]!; row++) {
    for (let column = columns[0]!; column < columns[1]!; column++) {
      const at = origin + row * width + column * channels;
      if (x[at]! > x[best]!) best = at;
    }
  }
  return best;
}
