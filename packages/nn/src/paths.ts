import type { Sampler, State } from '@archer-nas/core';
import type { Path, Site } from './network.ts';

/** Name of the signal with gradient norms in a path's evaluation; see {@link PathRecipe}. */
export const GRADIENT_NORM = 'gradient-norm';

/**
 * Makes path samplers for a supernet's sites; what a plugin of kind `paths` creates.
 *
 * When `norms` is set, each evaluation that the sampler observes carries the signal
 * `gradient-norm`: one value per site, the sum over the parameters of the option that ran
 * there of the L2 norms of their gradients (0 for options without parameters), taken after
 * or before the global gradient clipping.
 */
export interface PathRecipe {
  readonly norms: 'after-clip' | 'before-clip' | 'none';
  begin(sites: readonly Site[], saved?: State): Sampler<Path>;
}

/** The sites of each decision, in the order of first appearance: they take one option together. */
export function tiedSites(sites: readonly Site[]): readonly (readonly number[])[] {
  const tied = new Map<number, number[]>();
  sites.forEach(({ decision }, site) => {
    const own = tied.get(decision);
    if (own) own.push(site);
    else tied.set(decision, [site]);
  });
  return [...tied.values()];
}
