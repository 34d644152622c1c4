import { ArcherError, EXIT } from '@archer-nas/core';
import { AUXILIARY_SIDE as SIDE } from '@archer-nas/nn';

import { CONCATENATED, cellsOf, type NetworkSize } from './skeleton.ts';

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
  const factor = 2 ** before.filter(({ type }) => type === 'reduce').length;
  if (height === SIDE * factor && width === SIDE * factor) return;
  throw new ArcherError(
    'ARCHER_DARTS_IMAGE',
    `The auxiliary head of DARTS reads maps of ${SIDE}×${SIDE}; images of ${height}×${width} ` +
      `give it ${height / factor}×${width / factor}.`,
    {
      hint: `Train without it, or on images of ${SIDE * factor}×${SIDE * factor}.`,
      exit: EXIT.manifest,
    },
  );
}
