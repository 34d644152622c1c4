import type { DataSet, DataSplit, Job, Report, State, Streams } from '@archer-nas/core';
import {
  type ArchitecturePath,
  batchReader,
  logProbabilities,
  type Network,
  type ParameterSource,
  pathGates,
} from '@archer-nas/nn';
import { toyFading } from './gaussian.ts';
import { accuracyOf, type Distance, distance } from './predictions.ts';
import { SharedTraining, stepsOf, type TrainingOptions } from './shared-training.ts';

/** What {@link posterior} compares. */
export interface Posterior {
  readonly network: Network;
  /** Of the architectures; the first is the one that is looked at. As many as the largest count. */
  readonly paths: readonly ArchitecturePath[];
  /** How many of them share weights; in this order. */
  readonly counts: readonly number[];
  /** Of the search, which has shared its weights among the whole space. */
  readonly searched: ParameterSource;
  readonly data: DataSet;
  readonly train: DataSplit;
  /** What predictions are compared on. */
  readonly images: DataSplit;
  /** Images per batch, whose statistics batch norm has, and batches from the split's start. */
  readonly look: { readonly batch: number; readonly batches: 'all' | number };
  readonly options: TrainingOptions;
  readonly streams: Streams;
}

/** Of the architecture that is looked at, with shared weights. */
interface Found extends Distance {
  readonly accuracy: number;
}

interface Saved {
  /** Predictions with weights of its own; `null`: not trained yet. */
  readonly alone: Float32Array | null;
  readonly found: readonly Found[];
  readonly training: State;
}

/**
 * Trains the first architecture alone, then with others that share its weights, more and more;
 * each training begins with the same values and trains every architecture as often as alone.
 * Then: how far are the predictions with shared weights from those with its own? With one
 * architecture that is the distance of two trainings that differ in the order of images.
 */
export function posterior(parts: Posterior, state?: State): Job {
  const { counts, network, paths, streams, data, images } = parts;
  const reader = batchReader(data, images);
  const trainings = [1, ...counts];
  const reference = paths[0] as ArchitecturePath; // there is one
  const saved = state as unknown as Saved | undefined;
  let alone = saved?.alone ?? null;
  let found = saved?.found ?? [];
  const at = (): number => (alone === null ? 0 : found.length + 1);
  const begin = (own?: State): SharedTraining | undefined => {
    const K = trainings[at()];
    if (K === undefined) return undefined;
    const name = at() === 0 ? 'alone' : `shared-${K}`;
    const shared = paths.slice(0, K);
    const init = streams.scope('init');
    return new SharedTraining({ ...parts, paths: shared, init, streams: streams.scope(name) }, own);
  };
  let training = begin(saved?.training ?? undefined);
  const look = (weights: ParameterSource) =>
    logProbabilities(network, weights, pathGates(reference), reader, parts.look);

  function foundOf(own: Float32Array, alone: Float32Array): Found {
    const { classes } = network;
    const accuracy = accuracyOf(own, images.labels, classes);
    return { ...distance(alone, own, classes), accuracy };
  }

  function end(weights: ParameterSource): void {
    const own = look(weights);
    if (alone === null) alone = own;
    else found = [...found, foundOf(own, alone)];
  }

  return {
    get state() {
      const own = training?.state ?? null;
      return { alone: alone?.slice() ?? null, found, training: own } as unknown as State;
    },
    get progress() {
      const sum = (some: readonly number[]) => some.reduce((all, K) => all + stepsOf(parts, K), 0);
      const isOver = found.length > counts.length;
      const done = sum(trainings.slice(0, at())) + (training?.done ?? 0) + (isOver ? 1 : 0);
      return { done, total: sum(trainings) + 1, unit: 'step' } as const;
    },
    async step(signal): Promise<Report> {
      signal.throwIfAborted();
      if (training === undefined) {
        if (found.length <= counts.length) end(parts.searched);
        return answer(counts, found);
      }
      training.step();
      if (training.done < training.total) return {};
      end(training.store);
      training.dispose();
      training = begin();
      return {};
    },
    dispose: () => training?.dispose(),
  };
}

function answer(counts: readonly number[], found: readonly Found[]): Report {
  const rows = found.map(({ divergence, agreement, accuracy }, i) => {
    const K = counts[i];
    const toy = K === undefined ? null : toyFading(Array<number>(K).fill(0));
    return [K ?? 'search', divergence, agreement, accuracy, toy];
  });
  const metrics = found.flatMap(({ divergence, accuracy }, i) => {
    const name = counts[i] ?? 'search';
    return [
      [`divergence/${name}`, divergence],
      [`accuracy/${name}`, accuracy],
    ];
  });
  return {
    metrics: Object.fromEntries(metrics),
    tables: {
      posterior: {
        title: 'Predictions with shared weights, beside those with weights of its own',
        columns: ['architectures', 'KL, nats', 'same class, %', 'accuracy, %', 'Gaussian toy'],
        rows,
        notes: [
          'One architecture on valid images; each of those that share was trained as often as it alone.',
          '1: two trainings of the architecture alone, which differ in the order of images.',
          'search: the weights of the search, trained by its own recipe.',
        ],
      },
    },
  };
}
