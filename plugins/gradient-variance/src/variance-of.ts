import { mean } from '@archer-nas/core';
import type { ParameterSpec, Site } from '@archer-nas/nn';
import { type Moments, meanVariance } from './moments.ts';

/** Gradient variances of an epoch: of all candidate operations, and of those of each name. */
export interface Variances {
  readonly all: number;
  readonly byOperation: Readonly<Record<string, number>>;
}

/**
 * GV: the mean, over the parameter tensors of candidate operations, of the mean variance of
 * their elements. Tensors that were observed less than twice do not count; `undefined`
 * where none counts.
 */
export function varianceOf(
  sites: readonly Site[],
  specs: readonly ParameterSpec[],
  moments: ReadonlyMap<string, Moments>,
): Variances | undefined {
  const found = new Map<string, number[]>();
  for (const { name, owner } of specs) {
    const operation = owner && sites[owner.site]?.options[owner.option];
    const variance = meanVariance(moments.get(name) ?? NEVER);
    if (operation === undefined || Number.isNaN(variance)) continue;
    found.set(operation, [...(found.get(operation) ?? []), variance]);
  }
  if (found.size === 0) return undefined;
  const byOperation = [...found].map(([operation, all]) => [operation, mean(all)]);
  return {
    all: mean([...found.values()].flat()),
    byOperation: Object.fromEntries(byOperation),
  };
}

const NEVER: Moments = { n: 0, mean: new Float64Array(0), squares: new Float64Array(0) };
