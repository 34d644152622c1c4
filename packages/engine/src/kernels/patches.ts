// biome-ignore-all lint/style/noNonNullAssertion: an index stays inside its array by the bounds of its loop
import type { Convolution } from './convolution-shape.ts';

/**
 * Copies the pixels that one output pixel sees into `patch`, in the filter's order
 * [height, width, channel]; zero where the window leaves the image.
 */
export function gather(
  x: Float32Array,
  patch: Float64Array,
  convolution: Convolution,
  pixel: number,
): void {
  const { inChannels } = convolution;
  patch.fill(0);
  forEachTap(convolution, pixel, (tap, at) => {
    for (let c = 0; c < inChannels; c++) patch[tap + c] = x[at + c]!;
  });
}

/** Adds a patch to the pixels it was gathered from: the transpose of {@link gather}. */
export function scatter(
  patch: Float64Array,
  x: Float32Array,
  convolution: Convolution,
  pixel: number,
): void {
  const { inChannels } = convolution;
  forEachTap(convolution, pixel, (tap, at) => {
    for (let c = 0; c < inChannels; c++) x[at + c]! += patch[tap + c]!;
  });
}

/** Numbers in a patch. */
export function patchSize({ filterHeight, filterWidth, inChannels }: Convolution): number {
  return filterHeight * filterWidth * inChannels;
}

/** Output pixels over all images. */
export function pixelCount({ batchSize, outHeight, outWidth }: Convolution): number {
  return batchSize * outHeight * outWidth;
}

function forEachTap(
  convolution: Convolution,
  pixel: number,
  visit: (tap: number, at: number) => void,
): void {
  const { inHeight, inWidth, inChannels, outWidth, outHeight, padInfo } = convolution;
  const ox = pixel % outWidth;
  const row = (pixel - ox) / outWidth;
  const top = (row % outHeight) * convolution.strideHeight - padInfo.top;
  const left = ox * convolution.strideWidth - padInfo.left;
  const image = Math.floor(row / outHeight) * inHeight;
  for (let ky = 0; ky < convolution.filterHeight; ky++) {
    const y = top + ky * convolution.dilationHeight;
    if (y < 0 || y >= inHeight) continue;
    for (let kx = 0; kx < convolution.filterWidth; kx++) {
      const x = left + kx * convolution.dilationWidth;
      if (x < 0 || x >= inWidth) continue;
      const tap = (ky * convolution.filterWidth + kx) * inChannels;
      visit(tap, ((image + y) * inWidth + x) * inChannels);
    }
  }
}
