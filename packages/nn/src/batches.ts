import type { DataSet, DataSplit, Streams } from '@archer-nas/core';
import type { tf } from '@archer-nas/engine';

/** Images and labels as a network takes them. */
export interface Batch {
  /** Normalised, [size, height, width, channels]. */
  readonly images: tf.Tensor4D;
  /** Class per image. */
  readonly labels: Int32Array;
  readonly size: number;
  /** Frees `images`. */
  dispose(): void;
}

/** Where in a training a batch is: keys its augmentation. */
export interface BatchPosition {
  readonly streams: Streams;
  readonly epoch: number;
  /** Position within the epoch of the batch's first image. */
  readonly position: number;
}

/**
 * Reads batches of one split: bytes to floats (pixel/255 − mean)/std per channel. Buffers
 * are reused between calls; the tensors are not.
 */
export interface BatchReader {
  readonly size: number;
  /** The images `index` as they are. */
  plain(index: Int32Array): Batch;
  /**
   * The images `index`, cropped and flipped as the data set asks. Each draw comes from
   * stream (`augment`, epoch, position), never from the image, so that a repeated image
   * differs and the order of reading does not matter.
   */
  augmented(index: Int32Array, at: BatchPosition): Batch;
}

/** Makes a {@link BatchReader} for a split of `data`. */
export function batchReader(
  data: Pick<DataSet, 'image' | 'mean' | 'std' | 'augmentation'>,
  split: DataSplit,
): BatchReader {
  throw new Error('not written yet');
}
