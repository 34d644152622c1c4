import type { DataSet, State, Streams } from '@archer-nas/core';
import {
  type Batch,
  type BatchReader,
  batchIndices,
  batchReader,
  clipCoefficient,
  cosine,
  cosineRestarts,
  evaluateAccuracy,
  globalNorm,
  gradientNorms,
  lossAndGradients,
  type Network,
  ParameterStore,
  plainBatches,
  RunningStatistics,
  recalibrate,
  type Schedule,
  Sgd,
} from '@archer-nas/nn';
import type { TrainOptions } from './options.ts';
import type { AloneTraining, Metrics } from './training-job.ts';

/** Images that a trained network is scored on. */
interface ScoredOn {
  /** Of the names of its metrics. */
  readonly prefix: string;
  readonly images: BatchReader;
}

/** What the training of one network is made of. */
export interface TrainingParts {
  /** Without sites. */
  readonly network: Network;
  readonly data: DataSet;
  readonly options: TrainOptions;
  /** Keyed by the architecture: its place among others must not matter. */
  readonly streams: Streams;
  /** What the trained network is scored on. */
  readonly scored: { readonly readers: readonly ScoredOn[]; readonly batches: 'all' | number };
}

/** Sums over the steps of an epoch. */
interface EpochSums {
  readonly loss: number;
  readonly correct: number;
  readonly images: number;
}

const NOTHING: EpochSums = { loss: 0, correct: 0, images: 0 };

interface SavedTraining {
  readonly done: number;
  readonly sums: EpochSums;
  readonly parameters: State;
  readonly velocities: State;
  readonly statistics: State;
}

/** The training of one network of images. */
export class Training implements AloneTraining {
  readonly #parts: TrainingParts;
  readonly #store: ParameterStore;
  readonly #sgd: Sgd;
  readonly #statistics: RunningStatistics;
  readonly #reader: BatchReader;
  readonly #rate: Schedule;
  #done: number;
  #sums: EpochSums;
  /** The samples of the epoch that `#orderOf` names: derived, not saved. */
  #order = new Int32Array(0);
  #orderOf = -1;

  constructor(parts: TrainingParts, state?: State) {
    const { network, data, options, streams } = parts;
    const saved = state as unknown as SavedTraining | undefined;
    const { momentum, nesterov, weightDecay } = options;
    this.#parts = parts;
    this.#store = new ParameterStore(network.parameters, streams.scope('init'), saved?.parameters);
    this.#sgd = new Sgd(this.#store, { momentum, nesterov, weightDecay }, saved?.velocities);
    this.#statistics = new RunningStatistics({}, saved?.statistics);
    this.#reader = batchReader(data, data.open('train'));
    this.#rate = learningRate(options);
    this.#done = saved?.done ?? 0;
    this.#sums = saved?.sums ?? NOTHING;
  }

  get state(): State {
    const saved: SavedTraining = {
      done: this.#done,
      sums: this.#sums,
      parameters: this.#store.state,
      velocities: this.#sgd.state,
      statistics: this.#statistics.state,
    };
    return saved as unknown as State;
  }

  step(): Metrics | undefined {
    const { data, options, streams } = this.#parts;
    const perEpoch = stepsPerEpoch(data, options);
    const epoch = Math.floor(this.#done / perEpoch);
    const first = this.#done % perEpoch;
    const position = first * data.batch;
    const index = this.#samples(epoch).slice(position, position + data.batch);
    const batch = this.#reader.augmented(index, { streams, epoch, position });
    try {
      const { loss, correct } = this.#update(batch, epoch);
      const before = first === 0 ? NOTHING : this.#sums;
      this.#sums = {
        loss: before.loss + loss * batch.size,
        correct: before.correct + correct,
        images: before.images + batch.size,
      };
    } finally {
      batch.dispose();
    }
    this.#done += 1;
    if (this.#done % perEpoch !== 0) return undefined;
    const { loss, correct, images } = this.#sums;
    const metrics = { 'train-loss': loss / images, 'train-accuracy': (100 * correct) / images };
    return { epoch: epoch + 1, ...metrics };
  }

  score(): Metrics {
    const { loss, images } = this.#sums;
    return { ...this.#accuracies(), 'train-loss': loss / images };
  }

  dispose(): void {
    this.#store.dispose();
    this.#sgd.dispose();
    this.#statistics.dispose();
  }

  /** In percent; batch norm uses the running statistics, or recalibrated ones. */
  #accuracies(): Metrics {
    const { network, options, scored } = this.#parts;
    const { readers, batches } = scored;
    const { evaluationBatch: batch, recalibration } = options;
    const settings = { batch, batches, batchNorm: 'running' } as const;
    const score = (statistics: RunningStatistics): Metrics => {
      const given = { ...settings, statistics };
      const pairs = readers.map(({ prefix, images }): [string, number] => {
        return [`${prefix}accuracy`, evaluateAccuracy(network, this.#store, [], images, given)];
      });
      return Object.fromEntries(pairs);
    };
    if (recalibration === 0) return score(this.#statistics);
    const statistics = recalibrate(network, this.#store, [], this.#trainBatches(recalibration));
    try {
      return score(statistics);
    } finally {
      statistics.dispose();
    }
  }

  /** The first training batches. */
  #trainBatches(batches: number): Iterable<Batch> {
    const { data, options } = this.#parts;
    const indices = batchIndices(trainingImages(data, options), data.batch, batches);
    return plainBatches(this.#reader, indices);
  }

  #update(batch: Batch, epoch: number) {
    const { network, options } = this.#parts;
    const learningRate = this.#rate(epoch);
    const result = lossAndGradients(network, this.#store, [], batch, {
      labelSmoothing: options.labelSmoothing,
      auxiliary: options.auxiliary,
      dropPath: (options.dropPath * epoch) / options.epochs,
      dropout: options.dropout ?? 0,
      batchNorm: 'train',
      statistics: this.#statistics,
    });
    try {
      const { clip } = options;
      const scale =
        clip === null ? 1 : clipCoefficient(globalNorm(gradientNorms(result.gradients)), clip);
      this.#sgd.step(result.gradients, { learningRate, scale });
      const read = (scalar: typeof result.loss) => scalar.dataSync()[0] ?? Number.NaN;
      return { loss: read(result.loss), correct: read(result.correct) };
    } finally {
      result.dispose();
    }
  }

  #samples(epoch: number): Int32Array {
    if (this.#orderOf !== epoch) {
      const { data, options, streams } = this.#parts;
      const all = Int32Array.from({ length: trainingImages(data, options) }, (_, i) => i);
      this.#order = streams.stream('order', epoch).shuffle(all);
      this.#orderOf = epoch;
    }
    return this.#order;
  }
}

/** The learning rate by the epochs that are complete. */
export function learningRate({ epochs, lr, minLr, restarts }: TrainOptions): Schedule {
  const range = { base: lr, min: minLr };
  return restarts ? cosineRestarts({ ...range, ...restarts }) : cosine({ ...range, total: epochs });
}

/** How many images a training uses. */
export function trainingImages(data: DataSet, { images }: TrainOptions): number {
  const { size } = data.open('train');
  return images === 'all' ? size : Math.min(images, size);
}

/** Optimiser steps per epoch; the last batch may be smaller. */
export function stepsPerEpoch(data: DataSet, options: TrainOptions): number {
  return Math.ceil(trainingImages(data, options) / data.batch);
}
