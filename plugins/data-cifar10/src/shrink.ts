import { CHANNELS, SIDE } from './layout.ts';

/**
 * Images of `size` × `size` pixels, each the mean of a square of the original ones, rounded; how
 * ImageNet was made small for NAS-Bench-201 (`box`, Chrabaszcz et al., 2017).
 *
 * @param pixels NHWC, 32 × 32; given back as they are when `size` is 32
 * @param size a divisor of 32
 */
export function shrunk(pixels: Uint8Array, size: number): Uint8Array {
  if (size === SIDE) return pixels;
  const factor = SIDE / size;
  const images = pixels.length / (SIDE * SIDE * CHANNELS);
  const small = new Uint8Array(images * size * size * CHANNELS);
  for (let at = 0; at < small.length; at++) {
    const channel = at % CHANNELS;
    const place = Math.floor(at / CHANNELS);
    const x = (place % size) * factor;
    const row = Math.floor(place / size); // over all images
    let sum = 0;
    for (let dy = 0; dy < factor; dy++) {
      const from = ((row * factor + dy) * SIDE + x) * CHANNELS + channel;
      for (let dx = 0; dx < factor; dx++) sum += pixels[from + dx * CHANNELS] as number; // in range
    }
    small[at] = Math.round(sum / factor ** 2);
  }
  return small;
}
