import {
  ArcherError,
  type Evaluator,
  type Exporter,
  type Streams,
  type TextData,
  type Views,
} from '@archer-nas/core';
import { languageEvaluator } from './language-evaluator.ts';
import type { LanguageSpace } from './language-model.ts';
import type { Model } from './model.ts';
import type { Path } from './network.ts';
import { ParameterStore } from './parameter-store.ts';

/** What the views of a language model's supernet look at. */
export interface LanguageViewed<A> {
  readonly space: LanguageSpace<A>;
  readonly data: TextData;
  readonly model: Model;
  readonly store: ParameterStore;
  /** Those that the store was initialised from, under the scope `init`. */
  readonly streams: Streams;
}

/** What a search that trains a language model shows to studies and exports. */
export interface LanguageViews<A> extends Views<A> {
  readonly scores: Evaluator<A>;
  readonly untrained: Evaluator<A>;
  readonly exporter: Exporter<A>;
  readonly supernet: {
    readonly network: Model;
    readonly parameters: ParameterStore;
    path(a: A): Path;
  };
}

/** Makes the views; `dispose` frees what they made themselves. */
export function languageViews<A>(
  viewed: LanguageViewed<A>,
): LanguageViews<A> & { dispose(): void } {
  const { space, data, model, store, streams } = viewed;
  let fresh: ParameterStore | undefined;
  const path = (a: A) => space.path(a, model);
  const scores = (parameters: ParameterStore) =>
    languageEvaluator<A>({ model, parameters, path, lanes: data.batch, window: data.window });
  return {
    scores: scores(store),
    /** The training began with these values: same streams, same initialisation. */
    get untrained() {
      fresh ??= new ParameterStore(model.parameters, streams.scope('init'));
      return scores(fresh);
    },
    exporter: genotypes(space),
    supernet: { network: model, parameters: store, path },
    dispose: () => fresh?.dispose(),
  };
}

/** Writes an architecture as text; tfjs graph models have no loops over time. */
function genotypes<A>(space: LanguageSpace<A>): Exporter<A> {
  return {
    formats: ['genotype'],
    async export(a, format) {
      if (format === 'genotype') return { 'genotype.txt': `${space.format(a)}\n` };
      throw new ArcherError(
        'ARCHER_EXPORT_FORMAT',
        `The supernet of a language model exports 'genotype', not '${format}'.`,
      );
    },
  };
}
