import {
  ArcherError,
  type DataOrder,
  type DataSet,
  type Evaluator,
  type Exporter,
  type Sampler,
  type State,
  type Streams,
  type Views,
} from '@archer-nas/core';
import {
  batchIndices,
  batchReader,
  exportGraphModel,
  type Network,
  type NetworkSpace,
  ParameterStore,
  type Path,
  pathGates,
  recalibrate,
  supernetEvaluator,
} from '@archer-nas/nn';
import type { OneShotOptions } from './options.ts';

/** What the views look at. */
export interface Viewed<A> {
  readonly space: NetworkSpace<A>;
  readonly data: DataSet;
  readonly network: Network;
  readonly store: ParameterStore;
  readonly paths: Sampler<Path>;
  readonly order: DataOrder;
  readonly options: OneShotOptions['evaluation'];
  readonly streams: Streams;
}

/** The supernet's parameters and how an architecture finds its own: for studies of the weights. */
export interface SupernetView<A> {
  readonly network: Network;
  readonly parameters: ParameterStore;
  path(a: A): Path;
}

/** What a one-shot search shows to studies and exports. */
export interface OneShotViews<A> extends Views<A> {
  readonly scores: Evaluator<A>;
  readonly untrained: Evaluator<A>;
  readonly exporter: Exporter<A>;
  readonly supernet: SupernetView<A>;
  /** The state of the path sampler: probabilities, where it has any. */
  readonly paths: { readonly state: State };
  /** The state of the data order. */
  readonly order: { readonly state: State };
}

/** Makes the views; `dispose` frees what they made themselves. */
export function oneShotViews<A>(viewed: Viewed<A>): OneShotViews<A> & { dispose(): void } {
  const { space, data, network, store, paths, order, options, streams } = viewed;
  let fresh: ParameterStore | undefined;
  const path = (a: A) => space.path(a, network);
  const scores = (parameters: ParameterStore) =>
    supernetEvaluator<A>({
      network,
      parameters,
      data,
      path,
      batch: options.batch,
      batchNorm:
        options.batchNorm === 'batch'
          ? 'batch'
          : { split: data.open('train'), batches: options.recalibration },
    });
  return {
    scores: scores(store),
    /** The training began with these values: same streams, same initialisation. */
    get untrained() {
      fresh ??= new ParameterStore(network.parameters, streams.scope('init'));
      return scores(fresh);
    },
    exporter: exporter(viewed),
    supernet: { network, parameters: store, path },
    paths,
    order,
    dispose: () => fresh?.dispose(),
  };
}

/** Writes an architecture as text, or as a tfjs graph model with its inherited weights. */
function exporter<A>({ space, data, network, store, options }: Viewed<A>): Exporter<A> {
  return {
    formats: ['genotype', 'tfjs'],
    async export(a, format) {
      if (format === 'genotype') return { 'genotype.txt': `${space.format(a)}\n` };
      if (format !== 'tfjs') {
        throw new ArcherError(
          'ARCHER_EXPORT_FORMAT',
          `A supernet exports 'genotype' and 'tfjs', not '${format}'.`,
        );
      }
      const gates = pathGates(space.path(a, network));
      const statistics = recalibrate(network, store, gates, trainBatches(data, options));
      try {
        return { ...exportGraphModel(network, store, gates, statistics) };
      } finally {
        statistics.dispose();
      }
    },
  };
}

/** The first train batches without augmentation, each freed when the next is asked for. */
function* trainBatches(data: DataSet, { batch, recalibration }: Viewed<unknown>['options']) {
  const reader = batchReader(data, data.open('train'));
  for (const index of batchIndices(reader.size, batch, recalibration)) {
    const images = reader.plain(index);
    try {
      yield images;
    } finally {
      images.dispose();
    }
  }
}
