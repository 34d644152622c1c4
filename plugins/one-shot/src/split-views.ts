import { ArcherError, type Exporter } from '@archer-nas/core';
import { type SupernetViews, supernetViews, type Viewed } from '@archer-nas/nn';
import { dividedEvaluator } from './divided-evaluator.ts';
import { pathIn, type SubSupernet } from './sub-supernet.ts';

/** The supernets of the moment; every path is in one of them. */
interface Supernets {
  readonly supernets: readonly SubSupernet[];
}

/**
 * The views of several supernets: each architecture is scored and exported with the weights of the
 * one that it belongs to. `untrained` is the whole supernet before the first step; `supernet` is
 * there as long as there is one.
 */
export function splitViews<A>(
  viewed: Omit<Viewed<A>, 'store'>,
  training: Supernets,
): SupernetViews<A> & { dispose(): void } {
  const { space, network } = viewed;
  const [first] = training.supernets as readonly [SubSupernet];
  const whole = supernetViews({ ...viewed, store: first.training.store });
  const pathOf = (a: A, { left }: SubSupernet) =>
    pathIn(space.path(a, network), network.sites, left);
  const owner = (a: A): number =>
    training.supernets.findIndex((one) => pathOf(a, one) !== undefined);
  const viewsOf = (at: number): SupernetViews<A> => {
    const one = training.supernets[at] as SubSupernet; // an owner, or the first
    const path = (a: A) => pathOf(a, one) ?? [];
    const own = { format: (a: A) => space.format(a), path };
    return supernetViews({
      ...viewed,
      space: own,
      network: one.network,
      store: one.training.store,
    });
  };
  const exporter: Exporter<A> = {
    formats: whole.exporter.formats,
    export: (a, format) => viewsOf(owner(a)).exporter.export(a, format),
  };
  const { metrics, description = '' } = whole.scores;
  return {
    scores: dividedEvaluator({
      metrics,
      description: `${description}, in the supernet that an architecture belongs to`,
      owner,
      evaluator: (at) => viewsOf(at).scores,
    }),
    get untrained() {
      return whole.untrained;
    },
    exporter,
    get supernet() {
      if (training.supernets.length === 1) return whole.supernet;
      throw new ArcherError(
        'ARCHER_CAPABILITY',
        `There is no one supernet to look at: this search has ${training.supernets.length}.`,
      );
    },
    dispose: () => whole.dispose(),
  };
}
