import {
  type DataOrder,
  isTextData,
  type Sampler,
  type State,
  type TextData,
} from '@archer-nas/core';
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

/** What a one-shot search shows to studies and exports. */
export type OneShotViews<A> = (SupernetViews<A> | LanguageViews<A>) & {
  /** The state of the path sampler: probabilities, where it has any. */
  readonly paths: { readonly state: State };
  /** The state of the data order; that of a text has nothing in it. */
  readonly order: { readonly state: State };
};

/** What the views look at. */
export interface OneShotViewed<A> extends Omit<Viewed<A>, 'space' | 'data' | 'network'> {
  readonly space: Viewed<A>['space'] | LanguageSpace<A>;
  readonly data: Viewed<A>['data'] | TextData;
  readonly network: Viewed<A>['network'] | Model;
  readonly paths: Sampler<Path>;
  readonly order: DataOrder | undefined;
}

/** Makes the views; `dispose` frees what they made themselves. */
export function oneShotViews<A>(viewed: OneShotViewed<A>): OneShotViews<A> & { dispose(): void } {
  const { paths, order = { state: null }, data } = viewed;
  // Data and space require each other's kind, so that a manifest cannot mix them.
  const views = isTextData(data)
    ? languageViews({ ...viewed, data, model: viewed.network } as LanguageViewed<A>)
    : supernetViews(viewed as Viewed<A>);
  // Onto the views themselves: a copy would compute the lazy one.
  return Object.assign(views, { paths, order });
}
