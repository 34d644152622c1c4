import { ArcherError, EXIT } from '@archer-nas/core';
import { AUXILIARY_SIDE } from '@archer-nas/nn';

import { CONCATENATED, cellsOf, type NetworkSize, stemStride } from './skeleton.ts';

/** The cell whose output the auxiliary head reads: the one at two thirds of the depth. */
export function auxiliaryCell({ cells }: NetworkSize): number {
  return Math.floor((2 * cells) / 3);
}

/** Channels of that cell's output. */
export function auxiliaryChannels(size: NetworkSize): number {
  return CONCATENATED * (cellsOf(size)[auxiliaryCell(size)]?.channels ?? 0);
}

/** @throws ArcherError unless the head's maps have the side that it is made for */
export function checkAuxiliary(
  size: NetworkSize,
  { height, width }: { readonly height: number; readonly width: number },
): void {
  const before = cellsOf(size).slice(0, auxiliaryCell(size) + 1);
  const factor = stemStride(size) * 2 ** before.filter(({ type }) => type === 'reduce').length;
  const side = AUXILIARY_SIDE[size.stem ?? 'cifar'];
  if (height === side * factor && width === side * factor) return;
  throw new ArcherError(
    'ARCHER_DARTS_IMAGE',
    `The auxiliary head of DARTS reads maps of ${side}×${side}; images of ${height}×${width} ` +
      `give it ${height / factor}×${width / factor}.`,
    {
      hint: `Train without it, or on images of ${side * factor}×${side * factor}.`,
      exit: EXIT.manifest,
    },
  );
}
