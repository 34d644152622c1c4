import type { DataSet, DataSplit, State, Streams } from '@archer-nas/core';
import {
  type ArchitecturePath,
  type BatchReader,
  batchReader,
  clipCoefficient,
  cosine,
  globalNorm,
  gradientNorms,
  lossAndGradients,
  type Network,
  ParameterStore,
  pathGates,
  Sgd,
} from '@archer-nas/nn';

/** How weights are trained. */
export interface TrainingOptions {
  /** Passes over the training images that each architecture makes. */
  readonly epochs: number;
  /** At the beginning; it falls in a cosine. */
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly clip: number | null;
}

/** What shared weights are trained on. */
export interface SharedTrainingOf {
  readonly network: Network;
  /** Of the architectures that share the weights. */
  readonly paths: readonly ArchitecturePath[];
  readonly data: DataSet;
  readonly train: DataSplit;
  readonly options: TrainingOptions;
  /** Of the initial values: the same in trainings that are compared. */
  readonly init: Streams;
  /** Of everything else. */
  readonly streams: Streams;
}

interface Saved {
  readonly done: number;
  readonly parameters: State;
  readonly optimiser: State;
}

/**
 * Trains weights that K architectures share, one of them a step, each as often as it would be
 * trained alone: rounds of all of them, in random order.
 */
export class SharedTraining {
  readonly store: ParameterStore;
  readonly #of: SharedTrainingOf;
  readonly #reader: BatchReader;
  readonly #sgd: Sgd;
  #done: number;

  constructor(of: SharedTrainingOf, state?: State) {
    const saved = state as unknown as Saved | undefined;
    const { network, options, init, data, train } = of;
    const { momentum, weightDecay } = options;
    this.#of = of;
    this.#reader = batchReader(data, train);
    this.store = new ParameterStore(network.parameters, init, saved?.parameters);
    this.#sgd = new Sgd(this.store, { momentum, weightDecay }, saved?.optimiser);
    this.#done = saved?.done ?? 0;
  }

  get done(): number {
    return this.#done;
  }

  get total(): number {
    return stepsOf(this.#of, this.#of.paths.length);
  }

  get state(): State {
    const saved: Saved = {
      done: this.#done,
      parameters: this.store.state,
      optimiser: this.#sgd.state,
    };
    return saved as unknown as State;
  }

  /** One step of one architecture. */
  step(): void {
    const { network, options } = this.#of;
    const batch = this.#batch();
    const pass = lossAndGradients(network, this.store, pathGates(this.#path()), batch, {
      training: true,
    });
    try {
      const { lr, clip } = options;
      const norm = clip === null ? 0 : globalNorm(gradientNorms(pass.gradients));
      const scale = clip === null ? 1 : clipCoefficient(norm, clip);
      const learningRate = cosine({ base: lr, total: this.total })(this.#done);
      this.#sgd.step(pass.gradients, { learningRate, scale });
      this.#done += 1;
    } finally {
      pass.dispose();
      batch.dispose();
    }
  }

  dispose(): void {
    this.#sgd.dispose();
    this.store.dispose();
  }

  #path(): ArchitecturePath {
    const { paths, streams } = this.#of;
    const round = Math.floor(this.#done / paths.length);
    const order = streams.stream('round', round).shuffle(Int32Array.from(paths.keys()));
    return paths[order[this.#done % paths.length] as number] as ArchitecturePath; // in range
  }

  #batch() {
    const { data, train, streams } = this.#of;
    const perEpoch = Math.ceil(train.size / data.batch);
    const epoch = Math.floor(this.#done / perEpoch);
    const position = (this.#done % perEpoch) * data.batch;
    const all = Int32Array.from({ length: train.size }, (_, image) => image);
    const order = streams.stream('order', epoch).shuffle(all);
    const index = order.slice(position, position + data.batch);
    return this.#reader.augmented(index, { streams, epoch, position });
  }
}

/** Steps of a training of so many architectures. */
export function stepsOf(
  { data, train, options }: Pick<SharedTrainingOf, 'data' | 'train' | 'options'>,
  architectures: number,
): number {
  return architectures * options.epochs * Math.ceil(train.size / data.batch);
}
