import type { Streams } from '@archer-nas/core';
import type { Rows } from './mixture.ts';

/** Architecture parameters at the start: mean + deviation × N(0, 1), a stream per decision. */
export function normalRows(
  options: readonly number[],
  streams: Streams,
  { mean = 0, deviation }: { readonly mean?: number; readonly deviation: number },
): Rows {
  return options.map((length, decision) => {
    const stream = streams.stream('alpha', decision);
    return Float64Array.from({ length }, () => mean + deviation * stream.normal());
  });
}
