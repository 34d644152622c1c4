import {
  ArcherError,
  type DataOrder,
  type DataSet,
  type DataSplit,
  type OrderRecipe,
  type Progress,
  type Proposal,
  type Report,
  type Sampler,
  type State,
  type Streams,
} from '@archer-nas/core';
import {
  type BatchReader,
  batchReader,
  clipCoefficient,
  GRADIENT_NORM,
  globalNorm,
  gradientNorms,
  gradientNormsBySite,
  type Network,
  ParameterStore,
  type Path,
  type PathContext,
  type PathRecipe,
  type Schedule,
  Sgd,
} from '@archer-nas/nn';
import { learningRate } from './learning-rate.ts';
import type { OneShotOptions } from './options.ts';
import { backward } from './passes.ts';
import { Rewards } from './rewards.ts';
import { addWeights, NO_WEIGHTS, type WeightSums, weightMetrics } from './weights.ts';

/** What a training is made of. */
export interface TrainingParts {
  readonly network: Network;
  readonly data: DataSet;
  readonly paths: PathRecipe;
  readonly order: OrderRecipe;
  readonly options: OneShotOptions;
  readonly streams: Streams;
  readonly around?: PathContext;
}

/** The samples of the epoch in progress and the path weights that it has drawn. */
interface Epoch {
  readonly index: Int32Array;
  readonly weight: Float32Array | null;
  readonly pathWeights: WeightSums;
}

interface SavedTraining {
  readonly done: number;
  readonly parameters: State;
  readonly optimiser: State;
  readonly paths: State;
  readonly order: State;
  readonly epoch: Epoch | null;
}

/**
 * Single-path training of a supernet. Each epoch asks `order` for its samples; each step
 * trains the path or paths that `paths` proposes on the next batch, the last of which may be
 * smaller. Then the paths may learn from rewards, a round in each step.
 * What the two learn from the training steps takes effect when the epoch has ended.
 */
export class Training {
  readonly store: ParameterStore;
  readonly paths: Sampler<Path>;
  readonly order: DataOrder;
  /** Steps of the whole training: of the optimiser, and rounds of rewards. */
  readonly total: number;
  /** Absent where `paths` does not learn from them. */
  readonly rewards: Rewards | undefined;
  readonly #parts: TrainingParts;
  readonly #train: DataSplit;
  readonly #reader: BatchReader;
  readonly #sgd: Sgd;
  readonly #rate: Schedule;
  /** Of the optimiser. */
  readonly #stepsPerEpoch: number;
  /** Of rewards, per epoch. */
  readonly #rounds: number;
  /** Paths of a step. */
  readonly #together: number;
  #done: number;
  /** `null` between two epochs. */
  #epoch: Epoch | null;

  constructor(parts: TrainingParts, state?: State) {
    const { network, data, options, streams } = parts;
    const saved = state as unknown as SavedTraining | undefined;
    this.#parts = parts;
    this.#train = data.open('train');
    this.#reader = batchReader(data, this.#train);
    this.#stepsPerEpoch = Math.ceil(this.#train.size / data.batch);
    this.#rounds = options.rewards?.rounds ?? 0;
    this.total = options.epochs * (this.#stepsPerEpoch + this.#rounds);
    this.#rate = learningRate(options, this.#stepsPerEpoch);
    this.store = new ParameterStore(network.parameters, streams.scope('init'), saved?.parameters);
    const { momentum, nesterov, weightDecay, unsampled } = options;
    const sgd = { momentum, nesterov, weightDecay, unsampled };
    this.#sgd = new Sgd(this.store, sgd, saved?.optimiser);
    this.#together = parts.paths.together?.(network.sites) ?? 1;
    this.paths = parts.paths.begin(network.sites, saved?.paths, parts.around);
    this.order = parts.order.begin(this.#train.size, saved?.order);
    this.#done = saved?.done ?? 0;
    this.#epoch = saved?.epoch ?? null;
    const { store, paths } = this;
    this.rewards =
      options.rewards &&
      new Rewards({ network, store, data, paths, options: options.rewards, streams });
  }

  /** Images of all backward passes of the training: one counts for each path and each time. */
  get images(): number {
    return this.#parts.options.epochs * this.#train.size * this.#together;
  }

  /** Epochs that are complete. */
  get epochs(): number {
    return Math.floor(this.#done / (this.#stepsPerEpoch + this.#rounds));
  }

  /** Those of `total` that are rounds of rewards. */
  get rounds(): number {
    return this.#parts.options.epochs * this.#rounds;
  }

  /** Steps that are complete. */
  get done(): number {
    return this.#done;
  }

  /** One optimiser step or round of rewards, and the end of the epoch after its last one. */
  step(): Report {
    const perEpoch = this.#stepsPerEpoch + this.#rounds;
    const epoch = Math.floor(this.#done / perEpoch);
    const at = this.#done % perEpoch;
    const samples = this.#epoch ?? this.#beginEpoch(epoch);
    const metrics =
      at < this.#stepsPerEpoch
        ? this.#descend(samples, epoch, at)
        : this.rewards?.round(epoch * this.#rounds + at - this.#stepsPerEpoch);
    this.#done += 1;
    if (this.#done % perEpoch !== 0) return { metrics: metrics ?? {} };
    return this.#endEpoch(epoch, this.#epoch ?? samples, metrics);
  }

  get state(): State {
    const saved: SavedTraining = {
      done: this.#done,
      parameters: this.store.state,
      optimiser: this.#sgd.state,
      paths: this.paths.state,
      order: this.order.state,
      epoch: this.#epoch,
    };
    return saved as unknown as State;
  }

  dispose(): void {
    this.#sgd.dispose();
    this.store.dispose();
  }

  #beginEpoch(epoch: number): Epoch {
    const stream = this.#parts.streams.stream('order', epoch);
    const { index, weight } = this.order.next(this.#epochs(epoch), stream);
    if (index.length !== this.#train.size) {
      throw new ArcherError(
        'ARCHER_ORDER_SIZE',
        `The data order gave ${index.length} samples for an epoch of ${this.#train.size}.`,
      );
    }
    return { index, weight: weight ?? null, pathWeights: NO_WEIGHTS };
  }

  #descend(samples: Epoch, epoch: number, at: number): Record<string, number> {
    const step = epoch * this.#stepsPerEpoch + at;
    const proposals = this.#proposePaths(step);
    const metrics = this.#update(proposals, samples, step);
    const drawn = proposals.flatMap(({ weight }) => weight ?? []);
    this.#epoch = { ...samples, pathWeights: addWeights(samples.pathWeights, drawn) };
    return metrics;
  }

  #proposePaths(step: number): readonly Proposal<Path>[] {
    const count = this.#together;
    const proposals = this.paths.propose(count, this.#parts.streams.stream('paths', step));
    if (typeof proposals !== 'string' && proposals.length === count) return proposals;
    throw new ArcherError(
      'ARCHER_PATHS_EMPTY',
      `The path sampler gave ${typeof proposals === 'string' ? 'no' : proposals.length} paths ` +
        `at step ${step}, which trains ${count}.`,
    );
  }

  /** Forward, backward, clip, update; then the sampler and the order learn what came of it. */
  #update(
    proposals: readonly Proposal<Path>[],
    samples: Epoch,
    step: number,
  ): Record<string, number> {
    const { network, data, paths, order, options, streams } = this.#parts;
    const epoch = Math.floor(step / this.#stepsPerEpoch);
    const position = (step % this.#stepsPerEpoch) * data.batch;
    const end = position + data.batch;
    const index = samples.index.slice(position, end);
    const weights = samples.weight?.slice(position, end);
    const batch = this.#reader.augmented(index, { streams, epoch, position });
    const passes = backward(
      { network, store: this.store, batch, options, norms: paths.norms !== 'none' },
      proposals,
      weights,
    );
    try {
      const clipped = options.clip !== null;
      const norm = clipped ? globalNorm(passes.norms ?? gradientNorms(passes.gradients)) : 0;
      const scale = options.clip === null ? 1 : clipCoefficient(norm, options.clip);
      // Read before the update is queued, so that nothing waits for the update.
      const results = passes.results();
      if (order.needsScores) for (const { score } of results) this.order.observe(index, score());
      const lr = this.#rate(step);
      this.#sgd.step(passes.gradients, { learningRate: lr, scale });
      const factor = paths.norms === 'after-clip' ? scale : 1;
      const bySite = (norms: ReadonlyMap<string, number>) =>
        gradientNormsBySite(network.sites, network.parameters, norms, factor);
      this.paths.observe(
        results.map(({ proposal, loss, accuracy, norms }) => ({
          proposal,
          metrics: { loss, accuracy },
          ...(norms && { signals: { [GRADIENT_NORM]: bySite(norms) } }),
          cost: { images: index.length },
          status: 'partial',
        })),
      );
      const of = (key: 'loss' | 'accuracy') => mean(results.map((result) => result[key]));
      return { loss: of('loss'), 'train-accuracy': of('accuracy'), lr };
    } finally {
      passes.dispose();
      batch.dispose();
    }
  }

  #endEpoch(epoch: number, samples: Epoch, metrics: Report['metrics']): Report {
    const complete = this.#epochs(epoch + 1);
    const own = { ...metrics, epoch: epoch + 1, ...weightMetrics(samples) };
    const [paths, order] = [this.paths, this.order].map((part) => part.advance?.(complete) ?? {});
    this.#epoch = null;
    return {
      ...paths,
      ...order,
      metrics: { ...own, ...paths?.metrics, ...order?.metrics },
      tables: { ...paths?.tables, ...order?.tables },
      notes: [...(paths?.notes ?? []), ...(order?.notes ?? [])],
    };
  }

  #epochs(done: number): Progress {
    return { done, total: this.#parts.options.epochs, unit: 'epoch' };
  }
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
