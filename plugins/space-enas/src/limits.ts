import { ArcherError, EXIT } from '@archer-nas/core';
import { AUXILIARY_SIDE } from '@archer-nas/nn';

/** ENAS trains on CIFAR-10. */
const SIDE = AUXILIARY_SIDE.cifar;

/** @throws ArcherError unless both sides can be halved twice */
export function checkImage({ height, width }: { height: number; width: number }): void {
  if (height % 4 === 0 && width % 4 === 0) return;
  throw new ArcherError(
    'ARCHER_ENAS_IMAGE',
    `ENAS networks halve the image twice; ${height}×${width} is not divisible by 4.`,
    { hint: 'Use images whose sides are multiples of 4.', exit: EXIT.manifest },
  );
}

/** @throws ArcherError unless a factorised reduction can halve the channels */
export function checkChannels(channels: number): void {
  if (channels % 2 === 0) return;
  throw new ArcherError(
    'ARCHER_ENAS_CHANNELS',
    `Factorised reductions have two halves; ${channels} channels have none.`,
    { hint: 'Use an even number of channels.', exit: EXIT.manifest },
  );
}

/** @throws ArcherError unless two reductions give the maps that the auxiliary head is made for */
export function checkAuxiliary({ height, width }: { height: number; width: number }): void {
  const side = 4 * SIDE;
  if (height === side && width === side) return;
  throw new ArcherError(
    'ARCHER_ENAS_IMAGE',
    `The auxiliary head of ENAS reads maps of ${SIDE}×${SIDE}; images of ` +
      `${height}×${width} give it ${height / 4}×${width / 4}.`,
    { hint: `Train without it, or on images of ${side}×${side}.`, exit: EXIT.manifest },
  );
}
