import { createHash } from 'node:crypto';
import {
  type DataSet,
  type FilePart,
  fileSplits,
  type ImageLimits,
  openParts,
} from '@archer-nas/core';
import { readDigits } from './digits.ts';
import type { DataFile, Layout } from './layout.ts';

const NAME = 'svhn';
const SIDE = 32;
const CHANNELS = 3;
const CLASSES = 10;

/** Per channel of the training images, as SmoothDARTS normalises them. */
const MEAN = [0.4377, 0.4438, 0.4728];
const STD = [0.198, 0.201, 0.197];

/** How the files become splits. */
export interface SvhnOptions {
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
export function svhn(
  { split, batch, images, cutout }: SvhnOptions,
  folder: string,
  layout: Layout,
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
    hash: identity(parts),
    description: `SVHN, cropped digits (Netzer et al., 2011), ${split}; ${sizes} images`,
    splits: parts.map(({ name }) => name),
    open: openParts(NAME, parts, (part) => readDigits(folder, part)),
  };
}

/** Hash of the published sums and of which images each split has. */
function identity(parts: readonly FilePart<DataFile>[]): string {
  const hash = createHash('sha256').update(NAME);
  for (const { name, file, from, to } of parts) hash.update(` ${name} ${file.md5} ${from} ${to}`);
  return hash.digest('hex');
}
