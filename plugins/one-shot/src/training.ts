import {
  type DataOrder,
  mean,
  type Progress,
  type Proposal,
  type Report,
  type Sampler,
  type State,
} from '@archer-nas/core';
import {
  clipCoefficient,
  GRADIENT_NORM,
  globalNorm,
  gradientNorms,
  gradientNormsBySite,
  ParameterStore,
  type Path,
  type PathGradients,
  Sgd,
} from '@archer-nas/nn';
import { drawnPaths } from './drawn-paths.ts';
import { epochReport } from './epoch-report.ts';
import { type Bequest, bequest } from './inheritance.ts';
import type { OneShotTraining } from './one-shot-training.ts';
import { backward, lossGradients } from './passes.ts';
import { type Rates, rates } from './rates.ts';
import { Rewards } from './rewards.ts';
import { type TrainingBatches, trainingBatches } from './training-batches.ts';
import type { TrainingParts } from './training-parts.ts';
import { addWeights, NO_WEIGHTS, pathWeightMetrics, type WeightSums } from './weights.ts';

interface SavedTraining {
  readonly done: number;
  readonly parameters: State;
  readonly optimiser: State;
  readonly paths: State;
  readonly batches: State;
  /** Of the paths that the epoch in progress has drawn. */
  readonly pathWeights: WeightSums;
  /** Of `gradient`; absent without one. */
  readonly gradients?: State;
  /** Images of backward passes beyond one for each path; absent: none. */
  readonly more?: number;
  /** Absent where they depend on the step alone. */
  readonly rates?: State;
}

/**
 * Single-path training of a supernet. Each step trains the path or paths that `paths` proposes on
 * the next batch. Then the paths may learn from rewards, a round in each step.
 * What paths and data order learn from the training steps takes effect when the epoch has ended.
 */
export class Training implements OneShotTraining {
  readonly store: ParameterStore;
  readonly paths: Sampler<Path>;
  readonly order: DataOrder | undefined;
  readonly total: number;
  readonly rewards: Rewards | undefined;
  readonly #parts: TrainingParts;
  readonly #batches: TrainingBatches;
  readonly #gradients: PathGradients;
  readonly #sgd: Sgd;
  readonly #rates: Rates;
  /** Of the optimiser. */
  readonly #stepsPerEpoch: number;
  /** Of rewards, per epoch. */
  readonly #rounds: number;
  /** Paths of a step. */
  readonly #together: number;
  #done: number;
  #pathWeights: WeightSums;
  #more: number;

  constructor(parts: TrainingParts, state?: State) {
    const { network, data, options, streams, inherited } = parts;
    const saved = state as unknown as SavedTraining | undefined;
    this.#parts = parts;
    this.#batches = trainingBatches(parts, saved?.batches);
    this.order = this.#batches.order;
    this.#stepsPerEpoch = this.#batches.stepsPerEpoch;
    this.#rounds = options.rewards?.rounds ?? 0;
    this.total = options.epochs * (this.#stepsPerEpoch + this.#rounds);
    const { course } = parts;
    const stepsPerEpoch = this.#stepsPerEpoch;
    this.#rates = rates(options, { stepsPerEpoch, course, saved: saved?.rates });
    const values = saved?.parameters ?? inherited?.parameters;
    const specs = [...network.parameters, ...(parts.gradient?.parameters?.(network.sites) ?? [])];
    this.store = new ParameterStore(specs, streams.scope('init'), values);
    const context = { network, data, store: this.store, streams: streams.scope('gradient') };
    this.#gradients = parts.gradient?.begin(context, saved?.gradients) ?? lossGradients(context);
    const { momentum, nesterov, weightDecay, unsampled } = options;
    const sgd = { momentum, nesterov, weightDecay, unsampled };
    this.#sgd = new Sgd(this.store, sgd, saved?.optimiser ?? inherited?.optimiser);
    this.#together = parts.paths.together?.(network.sites) ?? 1;
    this.paths = parts.paths.begin(network.sites, saved?.paths, parts.around);
    this.#done = saved?.done ?? 0;
    this.#pathWeights = saved?.pathWeights ?? NO_WEIGHTS;
    this.#more = saved?.more ?? 0;
    const { rewards } = options;
    const own = { network, store: this.store, data, paths: this.paths, streams };
    this.rewards = rewards && new Rewards({ ...own, options: rewards });
  }

  /** One for each path and each time, and what the passes have cost beyond that so far. */
  get images(): number {
    return this.#parts.options.epochs * this.#batches.size * this.#together + this.#more;
  }

  get metrics(): Readonly<Record<string, number>> {
    return this.#gradients.metrics ?? {};
  }

  /** The path whose weights score that of an architecture. */
  scored(path: Path): Path {
    return this.#gradients.scored?.(path) ?? path;
  }

  get parameters(): number {
    return this.store.count();
  }

  get rounds(): number {
    return this.#parts.options.epochs * this.#rounds;
  }

  get rewarded(): number {
    const perEpoch = this.#stepsPerEpoch + this.#rounds;
    const within = (this.#done % perEpoch) - this.#stepsPerEpoch;
    const rounds = Math.floor(this.#done / perEpoch) * this.#rounds + Math.max(0, within);
    return rounds * (this.#parts.options.rewards?.paths ?? 0);
  }

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
      ...(this.#parts.gradient && { gradients: this.#gradients.state, more: this.#more }),
      ...(this.#rates.state !== undefined && { rates: this.#rates.state }),
    };
    return saved as unknown as State;
  }

  /** What a network that has some of the parameters may take over. */
  bequest(names: readonly string[]): Bequest {
    return bequest(names, { parameters: this.store.state, optimiser: this.#sgd.state });
  }

  /** Frees what only further steps would need. */
  finish(): void {
    this.#gradients.dispose?.();
    this.#sgd.dispose();
  }

  dispose(): void {
    this.finish();
    this.store.dispose();
    this.#batches.dispose();
  }

  #descend(epoch: number, at: number): Record<string, number> {
    const step = epoch * this.#stepsPerEpoch + at;
    const { network, streams } = this.#parts;
    const draws = { network, streams, paths: this.paths, together: this.#together };
    const proposals = drawnPaths(draws, step);
    const metrics = this.#update(proposals, step, this.#epochs(epoch));
    const drawn = proposals.flatMap(({ weight }) => weight ?? []);
    this.#pathWeights = addWeights(this.#pathWeights, drawn);
    return metrics;
  }

  /** Forward, backward, clip, update; then the sampler and the order learn what came of it. */
  #update(
    proposals: readonly Proposal<Path>[],
    step: number,
    epoch: Progress,
  ): Record<string, number> {
    const { network, paths, options } = this.#parts;
    const { batch, weights } = this.#batches.at(step, epoch);
    const norms = paths.norms !== 'none';
    const grown = (step + 1) / (options.epochs * this.#stepsPerEpoch);
    const context = { gradients: this.#gradients, batch, options, grown, norms };
    const passes = backward(context, proposals, weights);
    this.#more += (passes.count - proposals.length) * batch.size;
    try {
      const norm = () => globalNorm(passes.norms ?? gradientNorms(passes.gradients));
      const scale = options.clip === null ? 1 : clipCoefficient(norm(), options.clip);
      // Read before the update is queued, so that nothing waits for the update.
      const results = passes.results();
      this.#batches.observe(results);
      const lr = this.#rates.at(step);
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
      const loss = mean(results.map((result) => result.loss));
      this.#rates.observe(loss);
      return { loss, 'train-accuracy': mean(results.map(({ accuracy }) => accuracy)), lr };
    } finally {
      passes.dispose();
      batch.dispose();
    }
  }

  #endEpoch(complete: Progress, metrics: Report['metrics']): Report {
    const paths = this.paths.advance?.(complete) ?? {};
    const gradients = this.#gradients.advance?.(complete) ?? {};
    const batches = this.#batches.endEpoch(complete);
    this.#rates.endEpoch(complete.done);
    const own = { ...metrics, epoch: complete.done, ...pathWeightMetrics(this.#pathWeights) };
    this.#pathWeights = NO_WEIGHTS;
    return epochReport(own, { paths, batches, gradients });
  }

  #epochs(done: number): Progress {
    return { done, total: this.#parts.options.epochs, unit: 'epoch' };
  }
}
