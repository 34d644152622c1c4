import { isTextData, type State, type TextData } from '@archer-nas/core';
import {
  type LanguageSpace,
  type LanguageViewed,
  type LanguageViews,
  languageViews,
  type Model,
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
}

/** Makes the views; `dispose` frees what they made themselves. */
export function oneShotViews<A>(viewed: OneShotViewed<A>): OneShotViews<A> & { dispose(): void } {
  const { training } = viewed;
  // Onto the views themselves: a copy would compute the lazy one.
  return Object.assign(viewsOf(viewed), { paths: paths(training), order: order(training) });
}

function viewsOf<A>({ training, ...viewed }: OneShotViewed<A>) {
  const { data } = viewed;
  if (training instanceof SplitTraining) return splitViews(viewed as Viewed<A>, training);
  const { store } = training;
  // Data and space require each other's kind, so that a manifest cannot mix them.
  return isTextData(data)
    ? languageViews({ ...viewed, store, data, model: viewed.network } as LanguageViewed<A>)
    : supernetViews({ ...viewed, store } as Viewed<A>);
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
