import type { Stream } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { Batch } from './batches.ts';

/** Which images are cut, and how. */
export interface CutOutOptions {
  /** Of the square, in pixels; what lies outside of the image is lost. */
  readonly side: number;
  /** Of an image to be cut. */
  readonly probability: number;
  readonly stream: Stream;
}

/**
 * Cutout (DeVries and Taylor, 2017) of some images of a batch: a square whose middle is any pixel
 * becomes 0, the mean of normalised images. Takes the batch over.
 */
export function cutOut(batch: Batch, { side, probability, stream }: CutOutOptions): Batch {
  const [size, height, width] = batch.images.shape;
  const mask = new Float32Array(size * height * width).fill(1);
  for (let image = 0; image < size; image++) {
    const isCut = stream.float() < probability;
    const [top, left] = [height, width].map((length) => stream.int(length) - Math.floor(side / 2));
    if (isCut) clear(mask, { image, height, width, side, top: top ?? 0, left: left ?? 0 });
  }
  const images = tf.tidy(() =>
    tf.mul<tf.Tensor4D>(batch.images, tf.tensor4d(mask, [size, height, width, 1])),
  );
  batch.dispose();
  return { ...batch, images, dispose: () => images.dispose() };
}

function clear(
  mask: Float32Array,
  {
    image,
    height,
    width,
    side,
    top,
    left,
  }: {
    readonly image: number;
    readonly height: number;
    readonly width: number;
    readonly side: number;
    readonly top: number;
    readonly left: number;
  },
): void {
  for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
    const row = (image * height + y) * width;
    mask.fill(0, row + Math.max(0, left), row + Math.min(width, Math.max(0, left + side)));
  }
}
