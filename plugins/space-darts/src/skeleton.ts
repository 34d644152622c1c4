import { ArcherError, EXIT } from '@archer-nas/core';

import type { CellType } from './edges.ts';

/** Before the first cell: one convolution for small images, three that halve for ImageNet's. */
export const STEMS = ['cifar', 'imagenet'] as const;
export type Stem = (typeof STEMS)[number];

/** Channels and cells of a network; the papers search with 16 and 8, and train 36 and 20. */
export interface NetworkSize {
  /** Channels of the first cells' nodes. */
  readonly channels: number;
  readonly cells: number;
  /** Default `cifar`. */
  readonly stem?: Stem | undefined;
}

/** Channels of the stem: three times those of the first cells, or for ImageNet as many. */
export function stemChannels({ channels, stem }: NetworkSize): number {
  return stem === 'imagenet' ? channels : 3 * channels;
}

/** Channels of its first convolution: for ImageNet half of them. */
export function firstChannels(size: NetworkSize): number {
  const channels = stemChannels(size);
  return size.stem === 'imagenet' ? Math.max(1, Math.floor(channels / 2)) : channels;
}

/** The sides of the image over those of the first cell. */
export function stemStride({ stem }: NetworkSize): number {
  return stem === 'imagenet' ? 8 : 1;
}

/** A cell's output: its four nodes, concatenated. */
export const CONCATENATED = 4;

/** One cell of a network. */
export interface CellPlace {
  /** Counted from 0. */
  readonly cell: number;
  readonly type: CellType;
  /** Channels of its nodes. */
  readonly channels: number;
  /** Channels of its two inputs: the output of the cell before the last, and of the last. */
  readonly inputs: readonly [number, number];
  /** Whether what is before it halves, so that its first input is twice the size of its second. */
  readonly afterReduction: boolean;
}

/** Whether a cell halves the image and doubles the channels: those at a third and two thirds. */
export function isReduction(cell: number, cells: number): boolean {
  return cell === Math.floor(cells / 3) || cell === Math.floor((2 * cells) / 3);
}

/** The cells between stem and classifier. */
export function cellsOf(size: NetworkSize): CellPlace[] {
  const { channels, cells } = size;
  const places: CellPlace[] = [];
  let [beforeLast, last] = [stemChannels(size), stemChannels(size)];
  let width = channels;
  // ImageNet's stem ends with a convolution that halves.
  let afterReduction = size.stem === 'imagenet';
  for (let cell = 0; cell < cells; cell++) {
    const halves = isReduction(cell, cells);
    if (halves) width *= 2;
    const type = halves ? 'reduce' : 'normal';
    places.push({ cell, type, channels: width, inputs: [beforeLast, last], afterReduction });
    [beforeLast, last] = [last, CONCATENATED * width];
    afterReduction = halves;
  }
  return places;
}

/** Channels that reach the classifier. */
export function lastChannels(size: NetworkSize): number {
  return CONCATENATED * (cellsOf(size).at(-1)?.channels ?? size.channels);
}

/** @throws ArcherError unless the sides can be halved as often as stem and reduction cells do */
export function checkImage(
  size: NetworkSize,
  { height, width }: { readonly height: number; readonly width: number },
): void {
  const unit = stemStride(size) * 2 ** cellsOf(size).filter(({ type }) => type === 'reduce').length;
  if (height % unit === 0 && width % unit === 0) return;
  throw new ArcherError(
    'ARCHER_DARTS_IMAGE',
    `A network of ${size.cells} DARTS cells divides the image by ${unit}; ` +
      `${height}×${width} is not divisible by it.`,
    { hint: `Use images whose sides are multiples of ${unit}.`, exit: EXIT.manifest },
  );
}

/** @throws ArcherError unless the channels are so many equal blocks, which a reduction can halve */
export function checkPartial({ channels }: NetworkSize, partial = 1): void {
  if (channels % partial === 0) return;
  throw new ArcherError(
    'ARCHER_DARTS_CHANNELS',
    `The first cells have ${channels} channels, which are no ${partial} equal blocks of channels.`,
    { hint: `Use a multiple of ${partial} as search.channels.`, exit: EXIT.manifest },
  );
}
