import type { DataSet, DataSplit, SplitName } from './data.ts';
import { checkLimits, type ImageLimits } from './limited-splits.ts';
import { memorySplit, noSuchSplit } from './memory-split.ts';

/** A run of images in one file, counted in its records. */
export interface FilePart<F> {
  readonly name: SplitName;
  readonly file: F;
  readonly from: number;
  readonly to: number;
}

/** Two files of images, and which of them are used. */
export interface FileSplitOptions<F> {
  readonly train: F;
  readonly test: F;
  /** `halves`: the train file's first half is train, its second half valid; `full`: all is train. */
  readonly split: 'halves' | 'full';
  readonly images: ImageLimits;
}

/**
 * The splits of a data set of a train and a test file.
 *
 * @throws ArcherError `ARCHER_DATA_IMAGES` and `ARCHER_SPLIT_MISSING` as {@link checkLimits}
 */
export function fileSplits<F extends { readonly records: number }>(
  name: string,
  { train, test, split, images }: FileSplitOptions<F>,
): FilePart<F>[] {
  const half = split === 'full' ? train.records : Math.floor(train.records / 2);
  const whole: FilePart<F>[] = [
    { name: 'train', file: train, from: 0, to: half },
    ...(split === 'full'
      ? []
      : [{ name: 'valid', file: train, from: half, to: train.records } as const]),
    { name: 'test', file: test, from: 0, to: test.records },
  ];
  checkLimits(name, new Map(whole.map((part) => [part.name, part.to - part.from])), images);
  return whole.map((part) => ({
    ...part,
    to: Math.min(part.to, part.from + (images[part.name] ?? part.to)),
  }));
}

/** `open` of a data set: reads a split when it is first asked for, and then keeps it in memory. */
export function openParts<F>(
  name: string,
  parts: readonly FilePart<F>[],
  read: (part: FilePart<F>) => { readonly labels: Int32Array; readonly pixels: Uint8Array },
): DataSet['open'] {
  const opened = new Map<SplitName, DataSplit>();
  return (asked) => {
    const known = opened.get(asked);
    if (known !== undefined) return known;
    const part = parts.find((candidate) => candidate.name === asked);
    if (part === undefined) {
      throw noSuchSplit({ name, splits: parts.map((one) => one.name) }, asked);
    }
    const { labels, pixels } = read(part);
    const fresh = memorySplit(asked, labels, pixels);
    opened.set(asked, fresh);
    return fresh;
  };
}
