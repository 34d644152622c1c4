// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import tf from '#tfjs';
import { type HostKernel, input } from './tensor-memory.ts';

/**
 * The gradient of average pooling. The forward pass divides by the number of pixels under
 * the window, without padding; tfjs 4.22 divides the gradient by the window's area instead,
 * which is wrong along a padded border. This one divides as the forward pass does.
 */
export const avgPoolGradient: HostKernel = {
  name: 'AvgPoolGrad',
  compute(inputs, attrs, memory) {
    const dy = input(inputs, 'dy');
    const x = input(inputs, 'input');
    const pool = poolOf(x.shape, attrs);
    const dx = memory.allocate(x.shape);
    scatter(memory.view(dy), memory.view(dx), pool);
    return dx;
  },
};

type Pool = ReturnType<typeof tf.backend_util.computePool2DInfo>;
type Shape4 = [number, number, number, number];

function poolOf(shape: number[], attrs: Readonly<Record<string, unknown>>): Pool {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as {
    filterSize: number | [number, number];
    strides: number | [number, number];
    pad: 'valid' | 'same' | number;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  return tf.backend_util.computePool2DInfo(
    shape as Shape4,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/** One output row at a time: spread it over the columns, then add that to the rows. */
function scatter(dy: Float32Array, dx: Float32Array, pool: Pool): void {
  const { batchSize, inHeight, outHeight, filterHeight, strideHeight, padInfo } = pool;
  const width = pool.inWidth * pool.inChannels;
  const row = new Float32Array(width);
  dx.fill(0);
  for (let n = 0; n < batchSize; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const first = Math.max(0, oy * strideHeight - padInfo.top);
      const end = Math.min(inHeight, oy * strideHeight - padInfo.top + filterHeight);
      spread(dy, (n * outHeight + oy) * pool.outWidth, 1 / (end - first), row, pool);
      for (let y = first; y < end; y++) addRow(row, dx, (n * inHeight + y) * width);
    }
  }
}

/** `row[x, c] = Σ dy[ox, c] · scale / columns(ox)` over the windows `ox` that cover `x`. */
function spread(
  dy: Float32Array,
  pixel: number,
  scale: number,
  row: Float32Array,
  pool: Pool,
): void {
  const { outWidth, inWidth, inChannels: channels, filterWidth, strideWidth, padInfo } = pool;
  row.fill(0);
  for (let ox = 0; ox < outWidth; ox++) {
    const first = Math.max(0, ox * strideWidth - padInfo.left);
    const end = Math.min(inWidth, ox * strideWidth - padInfo.left + filterWidth);
    const share = scale / (end - first);
    const from = (pixel + ox) * channels;
    for (let to = first * channels; to < end * channels; to += channels) {
      for (let c = 0; c < channels; c++) row[to + c]! += dy[from + c]! * share;
    }
  }
}

function addRow(row: Float32Array, dx: Float32Array, at: number): void {
  for (let i = 0; i < row.length; i++) dx[at + i]! += row[i]!;
}
