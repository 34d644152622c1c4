import { type Candidates, isTextData, type State, type TextData } from '@archer-nas/core';
import {
  type LanguageSpace,
  type LanguageViewed,
  type LanguageViews,
  languageViews,
  type Model,
  type Path,
  type SupernetViews,
  supernetViews,
  type Viewed,
} from '@archer-nas/nn';
import type { OneShotTraining } from './one-shot-training.ts';
import { SplitTraining } from './split-training.ts';
import { splitViews } from './split-views.ts';
import type { Training } from './training.ts';

/** What a one-shot search shows to studies and exports. */
export type OneShotViews<A> = (SupernetViews<A> | LanguageViews<A>) & {
  /** What a selection has chosen from. */
  readonly candidates: Candidates<A>;
  /** The state of the path sampler: probabilities, where it has any. */
  readonly paths: { readonly state: State };
  /** The state of the data order; that of a text has nothing in it. */
  readonly order: { readonly state: State };
};

/** What the views look at. */
export interface OneShotViewed<A> extends Omit<Viewed<A>, 'space' | 'data' | 'network' | 'store'> {
  readonly space: Viewed<A>['space'] | LanguageSpace<A>;
  readonly data: Viewed<A>['data'] | TextData;
  readonly network: Viewed<A>['network'] | Model;
  readonly training: Training | SplitTraining;
  readonly candidates: Candidates<A>;
}

/** Makes the views; `dispose` frees what they made themselves. */
export function oneShotViews<A>(viewed: OneShotViewed<A>): OneShotViews<A> & { dispose(): void } {
  const { candidates, ...shown } = viewed;
  const { training } = shown;
  // Onto the views themselves: a copy would compute the lazy one.
  const own = { paths: paths(training), order: order(training), candidates };
  return Object.assign(viewsOf<A>(shown), own);
}

function viewsOf<A>({ training, ...viewed }: Omit<OneShotViewed<A>, 'candidates'>) {
  const { data } = viewed;
  if (training instanceof SplitTraining) return splitViews(viewed as Viewed<A>, training);
  const { store } = training;
  const scored = (path: Path) => training.scored(path);
  // Data and space require each other's kind, so that a manifest cannot mix them.
  return isTextData(data)
    ? languageViews({ ...viewed, store, data, model: viewed.network } as LanguageViewed<A>)
    : supernetViews({ ...viewed, store, scored } as Viewed<A>);
}

/** Of the supernet in training. */
function paths(training: OneShotTraining): { readonly state: State } {
  return {
    get state() {
      return training.paths.state;
    },
  };
}

function order(training: OneShotTraining): { readonly state: State } {
  return {
    get state() {
      return training.order?.state ?? null;
    },
  };
}
