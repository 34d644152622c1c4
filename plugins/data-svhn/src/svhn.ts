import { createHash } from 'node:crypto';
import {
  ArcherError,
  type DataSet,
  type DataSplit,
  EXIT,
  memorySplit,
  noSuchSplit,
  type SplitName,
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
  readonly images: { readonly [K in SplitName]?: number | undefined };
  /** Side of a square that is cut out of training images; absent: none. */
  readonly cutout?: number | undefined;
}

/** A run of images in one file. */
interface Part {
  readonly name: SplitName;
  readonly file: DataFile;
  readonly from: number;
  readonly to: number;
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
  const parts = limited(partsOf(split, layout), images);
  const opened = new Map<SplitName, DataSplit>();
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
    open(name) {
      const known = opened.get(name);
      if (known !== undefined) return known;
      const part = parts.find((candidate) => candidate.name === name);
      if (part === undefined) throw noSuchSplit(this, name);
      const { labels, pixels } = readDigits(folder, part);
      const fresh = memorySplit(name, labels, pixels);
      opened.set(name, fresh);
      return fresh;
    },
  };
}

function partsOf(split: 'halves' | 'full', { train, test }: Layout): Part[] {
  const last: Part = { name: 'test', file: test, from: 0, to: test.records };
  if (split === 'full') return [{ name: 'train', file: train, from: 0, to: train.records }, last];
  const half = Math.floor(train.records / 2);
  return [
    { name: 'train', file: train, from: 0, to: half },
    { name: 'valid', file: train, from: half, to: train.records },
    last,
  ];
}

/** The first n images of each split, and none of a split that is not there. */
function limited(
  splits: readonly Part[],
  images: Partial<Record<SplitName, number | undefined>>,
): Part[] {
  const names = splits.map(({ name }) => name);
  for (const name of ['train', 'valid', 'test'] as const) {
    const asked = images[name];
    if (asked === undefined) continue;
    const part = splits.find((split) => split.name === name);
    if (part === undefined) throw noSuchSplit({ name: NAME, splits: names }, name);
    const has = part.to - part.from;
    if (asked > has) {
      throw new ArcherError(
        'ARCHER_DATA_IMAGES',
        `data.images.${name} (${asked}) must be no more than the split has (${has})`,
        { exit: EXIT.manifest },
      );
    }
  }
  return splits.map((part) => ({
    ...part,
    to: Math.min(part.to, part.from + (images[part.name] ?? part.to)),
  }));
}

/** Hash of the published sums and of which images each split has. */
function identity(parts: readonly Part[]): string {
  const hash = createHash('sha256').update(NAME);
  for (const { name, file, from, to } of parts) hash.update(` ${name} ${file.md5} ${from} ${to}`);
  return hash.digest('hex');
}
