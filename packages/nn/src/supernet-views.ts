import {
  ArcherError,
  type DataSet,
  type Evaluator,
  type Exporter,
  type Streams,
  type Views,
} from '@archer-nas/core';
import { batchIndices } from './accuracy.ts';
import { batchReader, plainBatches } from './batches.ts';
import { pathGates } from './gates.ts';
import { exportGraphModel } from './graph-model.ts';
import type { ArchitecturePath, Network, NetworkSpace, Path } from './network.ts';
import { ParameterStore } from './parameter-store.ts';
import { recalibrate } from './recalibrate.ts';
import { supernetEvaluator } from './supernet-evaluator.ts';

/** How architectures are scored with a supernet's weights. */
export interface ScoringOptions {
  /** Images per batch; with batch statistics the scores depend on it. */
  readonly batch: number;
  /** Statistics of the evaluation batch, or re-estimated per architecture on train images. */
  readonly batchNorm: 'batch' | 'recalibrate';
  /** Train batches for re-estimation, in scoring and in exports. */
  readonly recalibration: number;
}

/** What the views look at. */
export interface Viewed<A> {
  readonly space: Pick<NetworkSpace<A, ArchitecturePath>, 'path' | 'format'>;
  readonly data: DataSet;
  readonly network: Network;
  readonly store: ParameterStore;
  readonly options: ScoringOptions;
  /** Those that the store was initialised from, under the scope `init`. */
  readonly streams: Streams;
  /** The path that stands for an architecture's once weights are trained; absent: that path. */
  readonly scored?: ((path: Path) => Path) | undefined;
}

/** The supernet's parameters and how an architecture finds its own: for studies of the weights. */
export interface SupernetView<A> {
  readonly network: Network;
  readonly parameters: ParameterStore;
  path(a: A): ArchitecturePath;
}

/** What every search that trains a supernet shows to studies and exports. */
export interface SupernetViews<A> extends Views<A> {
  readonly scores: Evaluator<A>;
  readonly untrained: Evaluator<A>;
  readonly exporter: Exporter<A>;
  readonly supernet: SupernetView<A>;
}

/** Makes the views; `dispose` frees what they made themselves. */
export function supernetViews<A>(viewed: Viewed<A>): SupernetViews<A> & { dispose(): void } {
  const { space, data, network, store, options, streams } = viewed;
  let fresh: ParameterStore | undefined;
  const path = (a: A) => trainedPath(viewed, a);
  const scores = (parameters: ParameterStore, path: (a: A) => ArchitecturePath) =>
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
    scores: scores(store, path),
    /** The training began with these values: same streams, same initialisation. */
    get untrained() {
      fresh ??= new ParameterStore(network.parameters, streams.scope('init'));
      return scores(fresh, (a) => space.path(a, network));
    },
    exporter: exporter(viewed),
    supernet: { network, parameters: store, path },
    dispose: () => fresh?.dispose(),
  };
}

function trainedPath<A>({ space, network, scored }: Viewed<A>, a: A): ArchitecturePath {
  const path = space.path(a, network);
  return scored === undefined ? path : scored(path as Path); // of single options, as those trained
}

/** Writes an architecture as text, or as a tfjs graph model with its inherited weights. */
function exporter<A>(viewed: Viewed<A>): Exporter<A> {
  const { space, data, network, store, options } = viewed;
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
      const gates = pathGates(trainedPath(viewed, a));
      const statistics = recalibrate(network, store, gates, trainBatches(data, options));
      try {
        return { ...exportGraphModel(network, store, gates, statistics) };
      } finally {
        statistics.dispose();
      }
    },
  };
}

/** The first train batches. */
function trainBatches(data: DataSet, { batch, recalibration }: ScoringOptions) {
  const reader = batchReader(data, data.open('train'));
  return plainBatches(reader, batchIndices(reader.size, batch, recalibration));
}
