import type { Augmentation, Stream } from '@archer-nas/core';

/** How one image is looked at. */
export interface View {
  /** The crop's corner relative to the image's, in pixels; outside is black. */
  readonly top: number;
  readonly left: number;
  /** Mirrored left to right. */
  readonly flipped: boolean;
}

/**
 * Draws a random crop, then a flip with probability one half. The same number of draws are
 * made whatever the augmentation is.
 */
export function drawView({ cropPadding, flip }: Augmentation, stream: Stream): View {
  const top = stream.int(2 * cropPadding + 1) - cropPadding;
  const left = stream.int(2 * cropPadding + 1) - cropPadding;
  const flipped = stream.int(2) === 1 && flip;
  return { top, left, flipped };
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

/** Writes the view of one image's bytes as floats; padding is byte 0, normalised like it. */
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
}
