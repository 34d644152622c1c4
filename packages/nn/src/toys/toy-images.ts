import { type DataSet, memorySplit } from '@archer-nas/core';
import { type Batch, batchReader } from '../batches.ts';

/** Twelve images of 4×4 pixels in each split; the class decides which half is bright. */
export function toyImages(splits: DataSet['splits'] = ['train', 'valid']): DataSet {
  const labels = Int32Array.from({ length: 12 }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: 12 * 16 }, (_, at) => {
    const image = Math.floor(at / 16);
    const bright = Math.floor((at % 16) / 8) === (labels[image] as number);
    return (bright ? 180 : 40) + ((image * 37 + at * 11) % 50);
  });
  return {
    ...{ name: 'toy-images', hash: 'toy-images', description: 'toy images', batch: 4, classes: 2 },
    ...{ image: { height: 4, width: 4, channels: 1 }, mean: [0.5], std: [0.25], splits },
    augmentation: { cropPadding: 0, flip: false },
    open: (name) => memorySplit(name, labels, pixels),
  };
}

/** Four train images, others in each of three steps. */
export function batchOf(data: DataSet, step: number): Batch {
  const first = 4 * (step % 3);
  return batchReader(data, data.open('train')).plain(
    Int32Array.of(first, first + 1, first + 2, first + 3),
  );
}
