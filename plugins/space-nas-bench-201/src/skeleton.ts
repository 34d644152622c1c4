import { ArcherError, EXIT } from '@archer-nas/core';

/** The size of the macro skeleton. The benchmark's networks have 16 channels and 5 cells. */
export interface Skeleton {
  /** Channels of the stem and the first stage; each later stage has twice as many. */
  readonly channels: number;
  /** Cells per stage. */
  readonly cells: number;
}

/** Stages of the skeleton, with a reduction block between two. */
export const STAGES = 3;

/** What the skeleton consists of, in order. `cell` counts the cells of the whole network. */
export type Block =
  | { readonly kind: 'cell'; readonly cell: number; readonly channels: number }
  | { readonly kind: 'reduction'; readonly name: string; readonly from: number };

/** The blocks between stem and classifier. A reduction doubles the channels and halves the sides. */
export function blocksOf({ channels, cells }: Skeleton): Block[] {
  const blocks: Block[] = [];
  for (let stage = 0; stage < STAGES; stage++) {
    const width = channels * 2 ** stage;
    if (stage > 0) {
      blocks.push({ kind: 'reduction', name: `reduction${stage}`, from: width / 2 });
    }
    for (let i = 0; i < cells; i++) {
      blocks.push({ kind: 'cell', cell: stage * cells + i, channels: width });
    }
  }
  return blocks;
}

/** Channels that reach the classifier. */
export function lastChannels(skeleton: Skeleton): number {
  return skeleton.channels * 2 ** (STAGES - 1);
}

/** @throws ArcherError unless both sides can be halved twice, as the reduction blocks do */
export function checkImage(height: number, width: number): void {
  const unit = 2 ** (STAGES - 1);
  if (height % unit === 0 && width % unit === 0) return;
  throw new ArcherError(
    'ARCHER_NB201_IMAGE',
    `NAS-Bench-201 networks halve the image twice; ${height}×${width} is not divisible by ${unit}.`,
    { hint: `Use images whose sides are multiples of ${unit}.`, exit: EXIT.manifest },
  );
}

/** @throws ArcherError unless the channels of every stage fall into so many equal blocks */
export function checkPartial({ channels }: Skeleton, partial = 1): void {
  if (channels % partial === 0) return;
  throw new ArcherError(
    'ARCHER_NB201_CHANNELS',
    `The first stage has ${channels} channels, which are no ${partial} equal blocks of channels.`,
    { hint: `Use a multiple of ${partial} as channels of the space.`, exit: EXIT.manifest },
  );
}
