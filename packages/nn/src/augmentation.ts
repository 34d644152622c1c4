import type { Augmentation, Stream } from '@archer-nas/core';

/** How one image is looked at. */
export interface View {
  /** The crop's corner relative to the image's, in pixels; outside is black. */
  readonly top: number;
  readonly left: number;
  /** Mirrored left to right. */
  readonly flipped: boolean;
  /** A square that is cut out of the result; what of it lies outside is ignored. */
  readonly hole?: { readonly top: number; readonly left: number; readonly side: number };
}

/**
 * Draws a random crop, then a flip with probability one half: the same number of draws whatever
 * they are. Then, with `cutout`, the middle of a hole, which is any pixel.
 */
export function drawView(
  { cropPadding, flip, cutout = 0 }: Augmentation,
  stream: Stream,
  { height, width }: { readonly height: number; readonly width: number },
): View {
  const top = stream.int(2 * cropPadding + 1) - cropPadding;
  const left = stream.int(2 * cropPadding + 1) - cropPadding;
  const flipped = stream.int(2) === 1 && flip;
  if (cutout === 0) return { top, left, flipped };
  const half = Math.floor(cutout / 2);
  const [y, x] = [stream.int(height), stream.int(width)];
  return { top, left, flipped, hole: { top: y - half, left: x - half, side: 2 * half } };
}

/** What {@link renderView} needs besides pixels. */
export interface Rendering {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Value of byte b in channel c at [256 c + b]. */
  readonly levels: Float32Array;
  readonly view: View;
}

/**
 * Writes the view of one image's bytes as floats. Padding is byte 0, normalised like it; a hole is
 * 0 after normalisation, which is the mean.
 */
export function renderView(pixels: Uint8Array, into: Float32Array, rendering: Rendering): void {
  const { height, width, channels, levels, view } = rendering;
  let at = 0;
  for (let row = 0; row < height; row++) {
    const y = row + view.top;
    for (let column = 0; column < width; column++) {
      const x = (view.flipped ? width - 1 - column : column) + view.left;
      const inside = y >= 0 && y < height && x >= 0 && x < width;
      const from = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const byte = inside ? (pixels[from + channel] as number) : 0; // inside: in range
        into[at++] = levels[channel * 256 + byte] as number; // 256 levels per channel
      }
    }
  }
  if (view.hole !== undefined) cutOut(into, view.hole, rendering);
}

function cutOut(
  into: Float32Array,
  { top, left, side }: NonNullable<View['hole']>,
  { height, width, channels }: Rendering,
): void {
  const [from, to] = [Math.max(left, 0), Math.min(left + side, width)];
  for (let row = Math.max(top, 0); row < Math.min(top + side, height); row++) {
    into.fill(0, (row * width + from) * channels, (row * width + to) * channels);
  }
}
