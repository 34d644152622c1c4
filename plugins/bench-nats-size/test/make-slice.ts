import { madeUpCsv } from '@archer-nas/tabular';

import { NATS_SIZE } from '../src/definition.ts';
import { byIndex, formatSizes } from '../src/sizes.ts';

/** The first rows of the table with made-up values; `slice.csv` has five. */
export function makeSlice(rows: number): string {
  const keys = Array.from({ length: rows }, (_, index) => [
    String(index),
    formatSizes(byIndex(index)),
  ]);
  return madeUpCsv(NATS_SIZE.files[0], keys);
}
