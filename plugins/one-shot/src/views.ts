import type { DataOrder, Sampler, State } from '@archer-nas/core';
import { type Path, type SupernetViews, supernetViews, type Viewed } from '@archer-nas/nn';

/** What a one-shot search shows to studies and exports. */
export interface OneShotViews<A> extends SupernetViews<A> {
  /** The state of the path sampler: probabilities, where it has any. */
  readonly paths: { readonly state: State };
  /** The state of the data order. */
  readonly order: { readonly state: State };
}

/** Makes the views; `dispose` frees what they made themselves. */
export function oneShotViews<A>(
  viewed: Viewed<A> & { readonly paths: Sampler<Path>; readonly order: DataOrder },
): OneShotViews<A> & { dispose(): void } {
  const { paths, order } = viewed;
  // Onto the views themselves: a copy would compute the lazy one.
  return Object.assign(supernetViews(viewed), { paths, order });
}
