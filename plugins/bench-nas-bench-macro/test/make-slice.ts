import { madeUpCsv } from '@archer-nas/tabular';

import { NAS_BENCH_MACRO } from '../src/definition.ts';

/** The first rows in the order of the digits, with made-up values; `slice.csv` has five. */
export function makeSlice(rows: number): string {
  const keys = Array.from({ length: rows }, (_, index) => [index.toString(3).padStart(8, '0')]);
  return madeUpCsv(NAS_BENCH_MACRO.files[0], keys);
}
