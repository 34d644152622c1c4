import type { Allowed, SplitName, State } from '@archer-nas/core';
import {
  type BatchMoment,
  type BatchSource,
  type BilevelMoment,
  type BilevelStep,
  type EpochVerdict,
  type Mixture,
  meanEntropy,
  type Noise,
  type ParameterStore,
  type Relaxation,
  type RelaxedView,
  type Rows,
  RunningStatistics,
} from '@archer-nas/nn';
import type { SupernetLoss } from './batch-loss.ts';
import { Modifications } from './modifications.ts';
import { nothingLearnt } from './refusals.ts';
import { alphaPointOf, relaxedView } from './relaxed-view.ts';
import { StepLosses } from './step-losses.ts';
import type { SavedTraining, TrainingParts } from './training-parts.ts';
import { Weights } from './weights.ts';

/**
 * min_α L_val(w*(α), α) with w*(α) = argmin_w L_train(w, α), by alternating single steps: each
 * step moves the relaxation once (on a valid and a train batch) and the weights once (on the
 * train batch).
 */
export class BilevelTraining {
  readonly relaxation: Relaxation;
  /** What studies may ask of the loss around α as it is now. */
  readonly relaxed: RelaxedView;
  /** Steps of the whole training. */
  readonly total: number;
  readonly #parts: TrainingParts;
  readonly #train: BatchSource;
  /** Absent where the relaxation looks at train samples alone. */
  readonly #valid: BatchSource | undefined;
  readonly #weights: Weights;
  readonly #statistics: RunningStatistics | undefined;
  readonly #modifications: Modifications;
  readonly #losses: StepLosses;
  #done: number;

  constructor(parts: TrainingParts, state?: State) {
    const { network, relaxation, modifiers, options, streams, inherited } = parts;
    const saved = state as unknown as SavedTraining | undefined;
    this.#parts = parts;
    this.#train = parts.batches('train', saved?.train ?? undefined);
    if (!relaxation.trainOnly) this.#valid = parts.batches('valid', saved?.valid ?? undefined);
    this.total = options.epochs * this.#train.length;
    this.#weights = new Weights(network, options, { streams, saved, inherited });
    const { sites } = network;
    this.relaxation = relaxation.begin(sites, streams.scope('relaxation'), saved?.relaxation);
    if (modifiers.some(({ runningStatistics }) => runningStatistics)) {
      this.#statistics = new RunningStatistics({}, saved?.statistics);
    }
    this.#modifications = new Modifications(
      modifiers,
      { sites: network.sites, streams, stage: parts.stage },
      saved?.modifications,
    );
    if (relaxation.blind && this.#modifications.learn) throw nothingLearnt();
    this.#done = saved?.done ?? 0;
    const complete = (mixture: Mixture) => this.#modifications.complete(mixture, this.#moment);
    const { store } = this;
    this.#losses = new StepLosses({ network, store, statistics: this.#statistics, complete });
    this.relaxed = relaxedView(this.relaxation, {
      complete,
      using: (batch, use) => {
        const lent = { ...batch, dispose: () => {} }; // the caller's, who may ask again
        return this.#losses.releasing(() => use(this.#losses.on(() => lent)));
      },
    });
  }

  get store(): ParameterStore {
    return this.#weights.store;
  }

  /** Whether the relaxation has anything to learn. */
  get learns(): boolean {
    const { update, observe } = this.relaxation;
    return update !== undefined || observe !== undefined;
  }

  /** What the space derives an architecture from, in place of rows. */
  scores(rows: Rows): Rows {
    return this.#modifications.scores(rows, this.#parts.kept);
  }

  /** The options that the next stage has, per decision; `undefined`: no modifier chooses. */
  get keep(): Allowed | undefined {
    return this.#modifications.keep(this.relaxation.probabilities);
  }

  /** Steps that are complete. */
  get done(): number {
    return this.#done;
  }

  /** Epochs that are complete. */
  get epoch(): number {
    return Math.floor(this.#done / this.#train.length);
  }

  /** Steps of an epoch, and its labelled train samples. */
  get pass(): { readonly steps: number; readonly samples: number } {
    return { steps: this.#train.length, samples: this.#train.size };
  }

  /** Whether the last step ended an epoch. */
  get isBetweenEpochs(): boolean {
    return this.#done % this.#train.length === 0;
  }

  /** One step of the relaxation and one of the weights; after an epoch, how to go on. */
  step(): Required<Pick<EpochVerdict, 'metrics'>> & EpochVerdict {
    return this.#losses.releasing(() => {
      const step = this.#done;
      const train = this.#lossOf('train', this.#train);
      const valid = this.#valid === undefined ? train : this.#lossOf('valid', this.#valid);
      const at = this.#stepOn(train, valid);
      const metrics =
        this.#parts.options.first === 'alpha'
          ? { ...this.#moveAlpha(at), ...this.#moveWeights(at) }
          : { ...this.#moveWeights(at), ...this.#moveAlpha(at) };
      this.#done += 1;
      // Before a text's state is carried on: the last window is looked at once more.
      const verdict = this.isBetweenEpochs ? this.#epochEnd(step) : undefined;
      if (train.carried) this.#train.carry?.(train.carried);
      if (valid.carried) this.#valid?.carry?.(valid.carried);
      if (verdict === undefined) return { metrics };
      const entropy = { 'alpha-entropy': meanEntropy(this.relaxation.probabilities) };
      return { ...verdict, metrics: { ...metrics, ...entropy, ...verdict.metrics } };
    });
  }

  get state(): State {
    const saved: SavedTraining = {
      done: this.#done,
      ...this.#weights.state,
      relaxation: this.relaxation.state,
      statistics: this.#statistics?.state ?? null,
      train: this.#train.state ?? null,
      valid: this.#valid?.state ?? null,
      modifications: this.#modifications.state,
    };
    return saved as unknown as State;
  }

  dispose(): void {
    this.#statistics?.dispose();
    this.#weights.dispose();
    this.#train.dispose?.();
    this.#valid?.dispose?.();
  }

  /** @param last the step that has ended the epoch */
  #epochEnd(last: number): EpochVerdict {
    const { relaxation } = this;
    return this.#modifications.epochEnd({
      epoch: this.epoch - 1,
      get point() {
        return alphaPointOf(relaxation);
      },
      valid: this.#losses.on(() => (this.#valid ?? this.#train).at(last)),
      weightDecay: this.#parts.options.weightDecay,
    });
  }

  #moveAlpha(at: BilevelStep & { readonly valid: SupernetLoss }): Readonly<Record<string, number>> {
    if (!this.#isLearning(at) || this.relaxation.update === undefined) return {};
    const metrics = this.relaxation.update(at);
    if (at.valid.last !== undefined) this.#modifications.update(at.valid.last, at);
    return metrics;
  }

  #isLearning({ epoch }: BilevelStep): boolean {
    return epoch >= this.#parts.options.alphaFrom;
  }

  #moveWeights(at: BilevelStep & { readonly train: SupernetLoss }) {
    const own = this.relaxation.weightMixture(at);
    const mixture = this.#modifications.weightMixture(own, at);
    const isObserved = this.relaxation.observe !== undefined && this.#isLearning(at);
    const isShared = isObserved && mixture === own;
    const learnt = at.train.trained(mixture, isShared ? ['weights', 'mixture'] : ['weights']);
    // Of what a modifier has replaced for the weights, the relaxation's own takes another pass.
    const seen = isObserved && !isShared ? at.train.gradients(own, ['mixture']) : learnt;
    const { gradients, loss, correct, perSample } = learnt;
    this.#weights.move(gradients, at.learningRate);
    const metrics = isObserved ? this.relaxation.observe?.(seen.rows, at) : {};
    if (isObserved) this.#modifications.update(seen, at);
    const [l, c] = [loss, correct].map((value) => value.dataSync()[0] ?? Number.NaN);
    return {
      ...metrics,
      loss: l as number,
      'train-accuracy': (100 * (c as number)) / perSample.size,
      lr: at.learningRate,
    };
  }

  get #moment(): BilevelMoment {
    const { epochs, alphaFrom } = this.#parts.options;
    return { step: this.#done, epoch: this.epoch, epochs, alphaFrom };
  }

  /** The loss on this step's batch of a split, which modifiers may change. */
  #lossOf(split: BatchMoment['split'], batches: BatchSource): SupernetLoss {
    const at = { ...this.#moment, split };
    const read = () => this.#modifications.batch(batches.at(at.step), at);
    return this.#losses.on(read, this.#noise(split));
  }

  /** Draws of this step for a split's batch: the same in every pass over it. */
  #noise(split: SplitName): Noise {
    const streams = this.#parts.streams.scope(split);
    return (site, option) => {
      const place = option === undefined ? [site] : [site, option];
      return streams.stream('drop', this.#done, ...place);
    };
  }

  #stepOn(train: SupernetLoss, valid: SupernetLoss) {
    const { streams } = this.#parts;
    const learningRate = this.#weights.learningRate(this.epoch);
    const weights = this.#weights.point(learningRate, (values) => {
      this.#losses.own(...values.values());
      return values;
    });
    return { ...this.#moment, learningRate, streams, train, valid, weights };
  }
}
