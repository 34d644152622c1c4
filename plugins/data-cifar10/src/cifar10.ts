import { createHash } from 'node:crypto';
import type { DataSet, DataSplit, ImageLimits, SplitName } from '@archer-nas/core';
import { checkLimits, memorySplit, noSuchSplit, pythonShuffle } from '@archer-nas/core';
import { allFiles, CHANNELS, CLASS_NAMES, type Layout, SIDE } from './layout.ts';
import { readRecords } from './records.ts';
import { shrunk } from './shrink.ts';

/** What becomes of the training images. */
export type Split = 'halves' | 'tenth' | 'full';

/** How the official files become splits. */
export interface Cifar10Options {
  /**
   * `halves`: NAS-Bench-201's train and valid; `tenth`: the last 5,000 are valid, as in ENAS;
   * `full`: all 50,000 to train on, no valid.
   */
  readonly split: Split;
  readonly batch: number;
  /** The first n images of a split, in its order; all where there is no number. */
  readonly images: ImageLimits;
  /** Pixels of a side; below 32 the images are shrunk. */
  readonly size: 32 | 16 | 8;
  /** Side of a square that is cut out of training images; absent: none. */
  readonly cutout?: number | undefined;
}

/** The seed with which NAS-Bench-201 shuffled the training images. */
const HALVES_SEED = 1021;

/** Of the training images, per channel, as NAS-Bench-201 and the released PA&DA have them. */
const MEAN = [0.49139968, 0.48215827, 0.44653124];
const STD = [0.24703233, 0.24348505, 0.26158768];

/**
 * The data set over six files that were checked. A split is read when it is first opened
 * and then stays in memory, 3 kB per image.
 *
 * @throws ArcherError `ARCHER_DATA_IMAGES` when more images are asked for than a split has,
 *   `ARCHER_SPLIT_MISSING` when they are asked of a split that is not there
 */
export function cifar10(
  { split, batch, images, size, cutout }: Cifar10Options,
  folder: string,
  layout: Layout,
): DataSet {
  const indices = limited(splitIndices(split, layout), images);
  const splits = [...indices.keys()];
  const opened = new Map<SplitName, DataSplit>();
  return {
    name: 'cifar10',
    batch,
    classes: CLASS_NAMES.length,
    image: { height: size, width: size, channels: CHANNELS },
    mean: MEAN,
    std: STD,
    augmentation: { cropPadding: size / 8, flip: true, ...(cutout && { cutout }) },
    hash: identity({ split, size }, layout, indices),
    description: describe({ split, size }, indices),
    splits,
    open(name) {
      const known = opened.get(name);
      if (known !== undefined) return known;
      const index = indices.get(name);
      if (index === undefined) throw noSuchSplit(this, name);
      const files = name === 'test' ? [layout.test] : layout.train;
      const { labels, pixels } = readRecords(folder, { files, records: layout.records }, index);
      const fresh = memorySplit(name, labels, shrunk(pixels, size));
      opened.set(name, fresh);
      return fresh;
    },
  };
}

/** Which official images each split has: numbers over the training files, or the test file. */
export function splitIndices(
  split: Cifar10Options['split'],
  layout: Layout,
): Map<SplitName, Int32Array> {
  const all = layout.train.length * layout.records;
  const test = Int32Array.from({ length: layout.records }, (_, i) => i);
  const train = Int32Array.from({ length: all }, (_, i) => i);
  if (split === 'full') {
    return new Map([
      ['train', train],
      ['test', test],
    ]);
  }
  if (split === 'tenth') {
    return new Map([
      ['train', train.slice(0, 0.9 * all)],
      ['valid', train.slice(0.9 * all)],
      ['test', test],
    ]);
  }
  const order = Int32Array.from(pythonShuffle(HALVES_SEED, all));
  return new Map([
    ['train', order.slice(0, all / 2).sort()],
    ['valid', order.slice(all / 2).sort()],
    ['test', test],
  ]);
}

/** The first n images of each split. The official order is mixed, so no class is favoured. */
function limited(
  indices: ReadonlyMap<SplitName, Int32Array>,
  images: ImageLimits,
): Map<SplitName, Int32Array> {
  checkLimits('cifar10', new Map([...indices].map(([name, { length }]) => [name, length])), images);
  return new Map([...indices].map(([name, index]) => [name, index.slice(0, images[name])]));
}

/** Hash of the published sums, of which images each split has, and of their size. */
function identity(
  { split, size }: Pick<Cifar10Options, 'split' | 'size'>,
  layout: Layout,
  indices: ReadonlyMap<SplitName, Int32Array>,
): string {
  const hash = createHash('sha256').update(`cifar10 ${split}`);
  for (const file of allFiles(layout)) hash.update(` ${file.md5}`);
  for (const [name, index] of indices) hash.update(` ${name}:${index.length}`);
  if (size !== SIDE) hash.update(` size:${size}`);
  return hash.digest('hex');
}

const HOW: Readonly<Record<Split, string>> = {
  halves: 'the training images halved as NAS-Bench-201 does',
  tenth: 'the last tenth of the training images held out for validation',
  full: 'all training images, none held out for validation',
};

function describe(
  { split, size }: Pick<Cifar10Options, 'split' | 'size'>,
  indices: ReadonlyMap<SplitName, Int32Array>,
): string {
  const sizes = [...indices].map(([name, index]) => `${index.length} ${name}`).join(', ');
  const shape = size === SIDE ? 'images' : `images, shrunk to ${size} × ${size} pixels`;
  return `CIFAR-10 (Krizhevsky, 2009), ${HOW[split]}; ${sizes} ${shape}`;
}
