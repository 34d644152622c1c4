import {
  ArcherError,
  type DataOrder,
  type DataSet,
  type OrderRecipe,
  type Progress,
  type Proposal,
  type Report,
  type Sampler,
  type State,
  type Streams,
  type TextData,
} from '@archer-nas/core';
import {
  clipCoefficient,
  GRADIENT_NORM,
  globalNorm,
  gradientNorms,
  gradientNormsBySite,
  type Model,
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
import { type TrainingBatches, trainingBatches } from './training-batches.ts';
import { addWeights, effectiveSampleSize, NO_WEIGHTS, type WeightSums } from './weights.ts';

/** What a training is made of. */
export interface TrainingParts {
  readonly network: Model | Network;
  readonly data: DataSet | TextData;
  readonly paths: PathRecipe;
  readonly order: OrderRecipe;
  readonly options: OneShotOptions;
  readonly streams: Streams;
  readonly around?: PathContext;
}

interface SavedTraining {
  readonly done: number;
  readonly parameters: State;
  readonly optimiser: State;
  readonly paths: State;
  readonly batches: State;
  /** Of the paths that the epoch in progress has drawn. */
  readonly pathWeights: WeightSums;
}

/**
 * Single-path training of a supernet. Each step trains the path or paths that `paths` proposes on
 * the next batch. Then the paths may learn from rewards, a round in each step.
 * What paths and data order learn from the training steps takes effect when the epoch has ended.
 */
export class Training {
  readonly store: ParameterStore;
  readonly paths: Sampler<Path>;
  /** Absent for a text, which is read as it is. */
  readonly order: DataOrder | undefined;
  /** Steps of the whole training: of the optimiser, and rounds of rewards. */
  readonly total: number;
  /** Absent where `paths` does not learn from them. */
  readonly rewards: Rewards | undefined;
  readonly #parts: TrainingParts;
  readonly #batches: TrainingBatches;
  readonly #sgd: Sgd;
  readonly #rate: Schedule;
  /** Of the optimiser. */
  readonly #stepsPerEpoch: number;
  /** Of rewards, per epoch. */
  readonly #rounds: number;
  /** Paths of a step. */
  readonly #together: number;
  #done: number;
  #pathWeights: WeightSums;

  constructor(parts: TrainingParts, state?: State) {
    const { network, data, options, streams } = parts;
    const saved = state as unknown as SavedTraining | undefined;
    this.#parts = parts;
    this.#batches = trainingBatches(parts, saved?.batches);
    this.order = this.#batches.order;
    this.#stepsPerEpoch = this.#batches.stepsPerEpoch;
    this.#rounds = options.rewards?.rounds ?? 0;
    this.total = options.epochs * (this.#stepsPerEpoch + this.#rounds);
    this.#rate = learningRate(options, this.#stepsPerEpoch);
    this.store = new ParameterStore(network.parameters, streams.scope('init'), saved?.parameters);
    const { momentum, nesterov, weightDecay, unsampled } = options;
    const sgd = { momentum, nesterov, weightDecay, unsampled };
    this.#sgd = new Sgd(this.store, sgd, saved?.optimiser);
    this.#together = parts.paths.together?.(network.sites) ?? 1;
    this.paths = parts.paths.begin(network.sites, saved?.paths, parts.around);
    this.#done = saved?.done ?? 0;
    this.#pathWeights = saved?.pathWeights ?? NO_WEIGHTS;
    const { store, paths } = this;
    this.rewards =
      options.rewards &&
      new Rewards({ network, store, data, paths, options: options.rewards, streams });
  }

  /**
   * Images, or tokens, of all backward passes of the training: one counts for each path and each
   * time.
   */
  get images(): number {
    return this.#parts.options.epochs * this.#batches.size * this.#together;
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
    const metrics =
      at < this.#stepsPerEpoch
        ? this.#descend(epoch, at)
        : this.rewards?.round(epoch * this.#rounds + at - this.#stepsPerEpoch);
    this.#done += 1;
    if (this.#done % perEpoch !== 0) return { metrics: metrics ?? {} };
    return this.#endEpoch(this.#epochs(epoch + 1), metrics);
  }

  get state(): State {
    const saved: SavedTraining = {
      done: this.#done,
      parameters: this.store.state,
      optimiser: this.#sgd.state,
      paths: this.paths.state,
      batches: this.#batches.state,
      pathWeights: this.#pathWeights,
    };
    return saved as unknown as State;
  }

  dispose(): void {
    this.#sgd.dispose();
    this.store.dispose();
    this.#batches.dispose();
  }

  #descend(epoch: number, at: number): Record<string, number> {
    const step = epoch * this.#stepsPerEpoch + at;
    const proposals = this.#proposePaths(step);
    const metrics = this.#update(proposals, step, this.#epochs(epoch));
    const drawn = proposals.flatMap(({ weight }) => weight ?? []);
    this.#pathWeights = addWeights(this.#pathWeights, drawn);
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
    step: number,
    epoch: Progress,
  ): Record<string, number> {
    const { network, paths, options } = this.#parts;
    const { batch, weights } = this.#batches.at(step, epoch);
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
      this.#batches.observe(results);
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
          cost: { images: batch.size },
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

  #endEpoch(complete: Progress, metrics: Report['metrics']): Report {
    const paths = this.paths.advance?.(complete) ?? {};
    const batches = this.#batches.endEpoch(complete);
    const own = { ...metrics, epoch: complete.done, ...weightMetrics(this.#pathWeights) };
    this.#pathWeights = NO_WEIGHTS;
    return {
      ...paths,
      ...batches,
      metrics: { ...own, ...batches.metrics, ...paths.metrics },
      tables: { ...paths.tables, ...batches.tables },
      notes: [...(paths.notes ?? []), ...(batches.notes ?? [])],
    };
  }

  #epochs(done: number): Progress {
    return { done, total: this.#parts.options.epochs, unit: 'epoch' };
  }
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Effective sample size of the paths of an epoch, in steps. */
function weightMetrics(pathWeights: WeightSums): Record<string, number> {
  if (pathWeights.squares === 0) return {};
  return { 'path-effective-sample-size': effectiveSampleSize(pathWeights) };
}
