import type { State, Streams } from '@archer-nas/core';
import { optionCounts, type Rows } from './mixture.ts';
import type { Site } from './network.ts';
import { beginRows, type RowAdamState } from './row-adam.ts';

/** The normal distribution that architecture parameters start from. */
export interface NormalStart {
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation. */
  readonly deviation: number;
}

/** Architecture parameters at the start: mean + deviation × N(0, 1), a stream per decision. */
export function normalRows(
  options: readonly number[],
  streams: Streams,
  { mean = 0, deviation }: NormalStart,
): Rows {
  return options.map((length, decision) => {
    const stream = streams.stream('alpha', decision);
    return Float64Array.from({ length }, () => mean + deviation * stream.normal());
  });
}

/** α of a relaxation with Adam's moments: as its `state` was saved, or at the start. */
export function beginAlpha(
  sites: readonly Site[],
  streams: Streams,
  { saved, ...start }: NormalStart & { readonly saved: State | undefined },
): RowAdamState {
  if (saved !== undefined) return saved as unknown as RowAdamState;
  return beginRows(normalRows(optionCounts(sites), streams, start));
}
