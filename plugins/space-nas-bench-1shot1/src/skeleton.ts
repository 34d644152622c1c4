import { ArcherError, EXIT } from '@archer-nas/core';

/** The size of a network: the benchmark's have 128 channels and 3 cells, its supernets 16 and 3. */
export interface Skeleton {
  /** Of the stem and of a cell of the first stack; each later stack has twice as many. */
  readonly channels: number;
  /** Per stack. */
  readonly cells: number;
}

/** Stacks of cells, with 2×2 maxima between two. */
export const STACKS = 3;

/** One cell of a network. */
export interface CellPlace {
  readonly name: string;
  /** Those of its stack. */
  readonly channels: number;
  /** Of its input. */
  readonly from: number;
  /** Whether 2×2 maxima of its input halve the image. */
  readonly halves: boolean;
}

/**
 * The cells between stem and classifier.
 *
 * @param blocks a cell's output has so many times its channels
 */
export function placesOf({ channels, cells }: Skeleton, blocks: number): CellPlace[] {
  let from = channels;
  return Array.from({ length: STACKS * cells }, (_, cell) => {
    const own = channels * 2 ** Math.floor(cell / cells);
    const halves = cell > 0 && cell % cells === 0;
    const place = { name: `cell${cell}`, channels: own, from, halves };
    from = blocks * own;
    return place;
  });
}

/** @throws ArcherError unless both sides can be halved between the stacks */
export function checkImage(height: number, width: number): void {
  const unit = 2 ** (STACKS - 1);
  if (height % unit === 0 && width % unit === 0) return;
  throw new ArcherError(
    'ARCHER_1SHOT1_IMAGE',
    `NAS-Bench-101 networks halve the image twice; ${height}×${width} is not divisible by ${unit}.`,
    { hint: `Use images whose sides are multiples of ${unit}.`, exit: EXIT.manifest },
  );
}

/** @throws ArcherError unless the channels are so many equal blocks */
export function checkPartial({ channels }: Skeleton, partial = 1): void {
  if (channels % partial === 0) return;
  throw new ArcherError(
    'ARCHER_1SHOT1_CHANNELS',
    `The first stack has ${channels} channels, which are no ${partial} equal blocks of channels.`,
    { hint: `Use a multiple of ${partial} as search.channels.`, exit: EXIT.manifest },
  );
}
