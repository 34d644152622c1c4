import type { DataSet, DataSplit, SplitName } from './data.ts';
import { ArcherError, EXIT } from './errors.ts';

/**
 * A split whose images are all in memory: `pixels` holds them one after the other in NHWC
 * order, as many as there are labels. Nothing is copied until `read`.
 */
export function memorySplit(name: SplitName, labels: Int32Array, pixels: Uint8Array): DataSplit {
  const size = labels.length;
  const imageBytes = pixels.length / size;
  if (size === 0 || !Number.isInteger(imageBytes)) {
    throw new RangeError(`${name}: ${pixels.length} bytes cannot be ${size} images`);
  }
  return {
    name,
    size,
    labels,
    read: (index, into) => {
      for (let i = 0; i < index.length; i++) {
        const image = index[i] as number; // i < length
        if (!(image >= 0 && image < size)) {
          throw new RangeError(`${name} has images 0 to ${size - 1}, not ${image}`);
        }
        const from = image * imageBytes;
        into.set(pixels.subarray(from, from + imageBytes), i * imageBytes);
      }
    },
  };
}

/** The error of `open` for a split that the data set does not have. */
export function noSuchSplit(data: Pick<DataSet, 'name' | 'splits'>, asked: SplitName): ArcherError {
  return new ArcherError(
    'ARCHER_SPLIT_MISSING',
    `${data.name} has no split '${asked}', only ${data.splits.join(', ')}`,
    { exit: EXIT.manifest },
  );
}
