import { createHash } from 'node:crypto';
import {
  type DataSet,
  type FilePart,
  fileSplits,
  type ImageLimits,
  openParts,
} from '@archer-nas/core';
import type { Sums } from './check-folder.ts';
import { CLASSES, type DataFile, type Layout } from './layout.ts';
import { readRecords } from './records.ts';

const NAME = 'cifar100';
const SIDE = 32;
const CHANNELS = 3;

/** Per channel of the training images, as SmoothDARTS normalises them. */
const MEAN = [0.5071, 0.4865, 0.4409];
const STD = [0.2673, 0.2564, 0.2762];

/** How the files become splits. */
export interface Cifar100Options {
  /** `halves`: the train file's first half is train, its second half valid; `full`: all is train. */
  readonly split: 'halves' | 'full';
  readonly batch: number;
  /** The first n images of a split; all where there is no number. */
  readonly images: ImageLimits;
  /** Side of a square that is cut out of training images; absent: none. */
  readonly cutout?: number | undefined;
}

/**
 * The data set over two files that were checked. A split is read when it is first opened and then
 * stays in memory, 3 kB per image.
 *
 * @throws ArcherError `ARCHER_DATA_IMAGES` when more images are asked for than a split has,
 *   `ARCHER_SPLIT_MISSING` when they are asked of a split that is not there
 */
export function cifar100(
  { split, batch, images, cutout }: Cifar100Options,
  folder: string,
  { layout, sums }: { readonly layout: Layout; readonly sums: Sums },
): DataSet {
  const parts = fileSplits(NAME, { ...layout, split, images });
  const sizes = parts.map(({ name, from, to }) => `${to - from} ${name}`).join(', ');
  return {
    name: NAME,
    batch,
    classes: CLASSES,
    image: { height: SIDE, width: SIDE, channels: CHANNELS },
    mean: MEAN,
    std: STD,
    augmentation: { cropPadding: 4, flip: true, ...(cutout && { cutout }) },
    hash: identity(parts, sums),
    description: `CIFAR-100 (Krizhevsky, 2009), fine labels, ${split}; ${sizes} images`,
    splits: parts.map(({ name }) => name),
    open: openParts(NAME, parts, (part) => readRecords(folder, part)),
  };
}

/** Hash of the files' sums and of which images each split has. */
function identity(parts: readonly FilePart<DataFile>[], sums: Sums): string {
  const hash = createHash('sha256').update(NAME);
  for (const { name, file, from, to } of parts)
    hash.update(` ${name} ${sums.get(file.name)} ${from} ${to}`);
  return hash.digest('hex');
}
