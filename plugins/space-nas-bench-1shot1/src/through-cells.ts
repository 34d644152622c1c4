import { type Forward, maxPool2x2 } from '@archer-nas/nn';

import type { CellPlace } from './skeleton.ts';
import type { FeatureMap } from './skeleton-layers.ts';

/** The output of the last cell. Frees x. */
export function throughCells(
  x: FeatureMap,
  places: readonly CellPlace[],
  run: (x: FeatureMap, place: CellPlace, cell: number) => FeatureMap,
  forward: Forward,
): FeatureMap {
  return places.reduce((last, place, cell) => {
    const input = place.halves ? maxPool2x2(last, forward) : last;
    if (input !== last) last.dispose();
    const y = run(input, place, cell);
    input.dispose();
    return y;
  }, x);
}
