import type { Picture } from './decode.ts';

const CHANNELS = 3;

/**
 * The largest centred square of a picture, scaled to `size` × `size`: bilinear, with the
 * triangle widened by the scale where the picture shrinks, so that every pixel counts (the
 * same filter as Pillow's BILINEAR). A picture of that size already is copied unchanged.
 *
 * @returns RGB bytes, row by row
 */
export function resize(picture: Picture, size: number): Uint8Array {
  const { width, height, data } = picture;
  const side = Math.min(width, height);
  const [left, top] = [(width - side) >> 1, (height - side) >> 1];
  const taps = filterTaps(side, size);
  const out = new Uint8ClampedArray(size * size * CHANNELS); // rounds and clips

  // Rows first: side × size pixels in floating point; then columns.
  const rows = new Float32Array(side * size * CHANNELS);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < size; x++) {
      for (let c = 0; c < CHANNELS; c++) {
        const at = ((top + y) * width + left) * CHANNELS + c;
        rows[(y * size + x) * CHANNELS + c] = weigh(taps[x] as Taps, data, at, CHANNELS);
      }
    }
  }
  const stride = size * CHANNELS;
  for (let y = 0; y < size; y++) {
    for (let i = 0; i < stride; i++) out[y * stride + i] = weigh(taps[y] as Taps, rows, i, stride);
  }
  return new Uint8Array(out.buffer);
}

/** Which inputs make one output: `weights[k]` of input `first + k`; they sum to one. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

function filterTaps(inputs: number, outputs: number): readonly Taps[] {
  const scale = inputs / outputs;
  const reach = Math.max(scale, 1);
  return Array.from({ length: outputs }, (_, o) => {
    const centre = (o + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach));
    const end = Math.min(inputs, Math.ceil(centre + reach));
    const weights = Float64Array.from({ length: end - first }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / reach),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

function weigh(taps: Taps, from: ArrayLike<number>, offset: number, stride: number): number {
  const { first, weights } = taps;
  let sum = 0;
  for (let k = 0; k < weights.length; k++) {
    sum += (weights[k] as number) * (from[offset + (first + k) * stride] as number);
  }
  return sum;
}
