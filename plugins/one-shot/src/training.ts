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
  lossAndGradients,
  type Network,
  ParameterStore,
  type Path,
  type PathRecipe,
  pathGates,
  type Schedule,
  Sgd,
} from '@archer-nas/nn';
import { learningRate } from './learning-rate.ts';
import type { OneShotOptions } from './options.ts';
import {
  addWeights,
  effectiveSampleSize,
  lossWeights,
  NO_WEIGHTS,
  type WeightSums,
} from './weights.ts';

/** What a training is made of. */
export interface TrainingParts {
  readonly network: Network;
  readonly data: DataSet;
  readonly paths: PathRecipe;
  readonly order: OrderRecipe;
  readonly options: OneShotOptions;
  readonly streams: Streams;
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
 * trains one path that `paths` proposes on the next batch, the last of which may be smaller.
 * What the two learn from the steps takes effect when the epoch has ended.
 */
export class Training {
  readonly store: ParameterStore;
  readonly paths: Sampler<Path>;
  readonly order: DataOrder;
  /** Optimiser steps of the whole training. */
  readonly total: number;
  readonly #parts: TrainingParts;
  readonly #train: DataSplit;
  readonly #reader: BatchReader;
  readonly #sgd: Sgd;
  readonly #rate: Schedule;
  readonly #stepsPerEpoch: number;
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
    this.total = options.epochs * this.#stepsPerEpoch;
    this.#rate = learningRate(options, this.#stepsPerEpoch);
    this.store = new ParameterStore(network.parameters, streams.scope('init'), saved?.parameters);
    const { momentum, nesterov, weightDecay, unsampled } = options;
    const sgd = { momentum, nesterov, weightDecay, unsampled };
    this.#sgd = new Sgd(this.store, sgd, saved?.optimiser);
    this.paths = parts.paths.begin(network.sites, saved?.paths);
    this.order = parts.order.begin(this.#train.size, saved?.order);
    this.#done = saved?.done ?? 0;
    this.#epoch = saved?.epoch ?? null;
  }

  /** Optimiser steps that are complete. */
  /** Images of the whole training, repeated ones counted each time. */
  get images(): number {
    return this.#parts.options.epochs * this.#train.size;
  }

  get done(): number {
    return this.#done;
  }

  /** One optimiser step, and the end of the epoch when it was the epoch's last. */
  step(): Report {
    const step = this.#done;
    const epoch = Math.floor(step / this.#stepsPerEpoch);
    const position = (step % this.#stepsPerEpoch) * this.#parts.data.batch;
    const samples = this.#epoch ?? this.#beginEpoch(epoch);
    const proposal = this.#proposePath(step);
    const metrics = this.#update(proposal, samples, epoch, position);
    const drawn = proposal.weight === undefined ? [] : [proposal.weight];
    this.#epoch = { ...samples, pathWeights: addWeights(samples.pathWeights, drawn) };
    this.#done = step + 1;
    if (this.#done % this.#stepsPerEpoch !== 0) return { metrics };
    return this.#endEpoch(epoch, this.#epoch, metrics);
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

  #proposePath(step: number): Proposal<Path> {
    const proposals = this.paths.propose(1, this.#parts.streams.stream('paths', step));
    const proposal = typeof proposals === 'string' ? undefined : proposals[0];
    if (proposal !== undefined) return proposal;
    throw new ArcherError('ARCHER_PATHS_EMPTY', `The path sampler gave no path at step ${step}.`);
  }

  /** Forward, backward, clip, update; then the sampler and the order learn what came of it. */
  #update(proposal: Proposal<Path>, samples: Epoch, epoch: number, position: number) {
    const { network, data, paths, order, options, streams } = this.#parts;
    const end = position + data.batch;
    const index = samples.index.slice(position, end);
    const sampleWeights = samples.weight?.slice(position, end);
    const weight = lossWeights(index.length, proposal.weight, sampleWeights);
    const gates = pathGates(proposal.architecture);
    const batch = this.#reader.augmented(index, { streams, epoch, position });
    const result = lossAndGradients(network, this.store, gates, batch, {
      labelSmoothing: options.labelSmoothing,
      ...(weight === undefined ? {} : { weight }),
    });
    try {
      const measured = options.clip !== null || paths.norms !== 'none';
      const norms = measured ? gradientNorms(result.gradients) : new Map<string, number>();
      const scale = options.clip === null ? 1 : clipCoefficient(globalNorm(norms), options.clip);
      // Read before the update is queued, so that nothing waits for the update.
      // Importance weights belong to the gradient; the loss that is shown has none.
      const loss = mean(weight ? result.perSample.dataSync() : result.loss.dataSync());
      const accuracy = (100 * (result.correct.dataSync()[0] as number)) / index.length;
      if (order.needsScores) this.order.observe(index, result.score.dataSync() as Float32Array);
      const lr = this.#rate(this.#done);
      this.#sgd.step(result.gradients, { learningRate: lr, scale });
      const factor = paths.norms === 'after-clip' ? scale : 1;
      const bySite = gradientNormsBySite(network.sites, network.parameters, norms, factor);
      this.paths.observe([
        {
          proposal,
          metrics: { loss, accuracy },
          ...(paths.norms === 'none' ? {} : { signals: { [GRADIENT_NORM]: bySite } }),
          cost: { images: index.length },
          status: 'partial',
        },
      ]);
      return { loss, 'train-accuracy': accuracy, lr };
    } finally {
      result.dispose();
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

/** Effective sample sizes of an epoch: in steps for paths, in samples for data. */
function weightMetrics({ weight, pathWeights }: Epoch): Record<string, number> {
  const metrics: Record<string, number> = {};
  if (pathWeights.squares > 0) {
    metrics['path-effective-sample-size'] = effectiveSampleSize(pathWeights);
  }
  if (weight !== null) {
    metrics['data-effective-sample-size'] = effectiveSampleSize(addWeights(NO_WEIGHTS, weight));
  }
  return metrics;
}
