import {
  createStreams,
  type DataSet,
  type DataSplit,
  type Streams,
  witness,
} from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { drawView, renderView } from './augmentation.ts';
import type { Draws, Forward } from './network.ts';

/** Images and labels as a network takes them. */
export interface Batch {
  /** Normalised, [size, height, width, channels]. */
  readonly images: tf.Tensor4D;
  /** Class per image. */
  readonly labels: Int32Array;
  readonly size: number;
  /** For layers that draw: keyed by the place in the training, of plain batches by the images. */
  readonly draws?: Draws;
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

/** What layers draw on images that are looked at outside of a training: the same in every run. */
const PLAIN = createStreams(0).scope('plain');

/** The forward pass over a batch: its layers draw what the batch says. */
export function passOver({ draws }: Pick<Batch, 'draws'>, forward: Forward): Forward {
  return draws === undefined ? forward : { ...forward, draws };
}

/** The images of each index without augmentation, freed when the next are asked for. */
export function* plainBatches(
  reader: Pick<BatchReader, 'plain'>,
  indices: Iterable<Int32Array>,
): Generator<Batch, void> {
  for (const index of indices) {
    const batch = reader.plain(index);
    try {
      yield batch;
    } finally {
      batch.dispose();
    }
  }
}

/** Makes a {@link BatchReader} for a split of `data`. */
export function batchReader(
  data: Pick<DataSet, 'image' | 'mean' | 'std' | 'augmentation'>,
  split: DataSplit,
): BatchReader {
  const { height, width, channels } = data.image;
  const imageSize = height * width * channels;
  const levels = normalisedLevels(data);
  let bytes = new Uint8Array(0);
  const read = (index: Int32Array): Uint8Array => {
    witness()?.({ kind: 'batch', split: split.name, samples: index.slice() });
    if (bytes.length < index.length * imageSize) bytes = new Uint8Array(index.length * imageSize);
    const part = bytes.subarray(0, index.length * imageSize);
    split.read(index, part);
    return part;
  };
  const batch = (index: Int32Array, values: Float32Array, draws: Draws): Batch => {
    const images = tf.tensor4d(values, [index.length, height, width, channels]);
    const labels = index.map((image) => split.labels[image] ?? -1);
    return { images, labels, size: index.length, draws, dispose: () => images.dispose() };
  };
  return {
    size: split.size,
    plain(index) {
      const pixels = read(index);
      const values = new Float32Array(pixels.length);
      for (let at = 0; at < values.length; at++) {
        values[at] = levels[(at % channels) * 256 + (pixels[at] as number)] as number; // in range
      }
      return batch(index, values, (name) => PLAIN.stream(name, ...index.slice(0, 1)));
    },
    augmented(index, { streams, epoch, position }) {
      const pixels = read(index);
      const values = new Float32Array(pixels.length);
      for (let i = 0; i < index.length; i++) {
        const view = drawView(
          data.augmentation,
          streams.stream('augment', epoch, position + i),
          data.image,
        );
        const from = pixels.subarray(i * imageSize, (i + 1) * imageSize);
        renderView(from, values.subarray(i * imageSize), { ...data.image, levels, view });
      }
      const drawn = streams.scope('draws');
      return batch(index, values, (name) => drawn.stream(name, epoch, position));
    },
  };
}

/** Value of each byte in each channel: (byte/255 − mean)/std, as [channels × 256]. */
function normalisedLevels({
  image,
  mean,
  std,
}: Pick<DataSet, 'image' | 'mean' | 'std'>): Float32Array {
  return Float32Array.from({ length: image.channels * 256 }, (_, at) => {
    const channel = at >> 8;
    return ((at & 255) / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1);
  });
}
