import {
  type AnyBatch,
  type BatchLoss,
  type LossOptions,
  type Mixture,
  type MixtureGradients,
  type Model,
  mixtureGradients,
  mixtureOutcome,
  type Network,
  type Noise,
  type ParameterSource,
  type ParameterStore,
  type RunningStatistics,
} from '@archer-nas/nn';

/** What a loss is computed with. */
export interface LossParts {
  readonly network: Model | Network;
  readonly store: ParameterStore;
  readonly statistics: RunningStatistics | undefined;
  /** Takes over results, and frees them at the end of the step. */
  readonly own: (result: { dispose(): void }) => void;
  /** What modifiers add to every mixture. */
  readonly complete: (mixture: Mixture) => Mixture;
  /** What drops draw from; absent: nothing is dropped. */
  readonly noise?: Noise | undefined;
}

/** The supernet's loss on one batch, which is read when it is first asked for. */
export class SupernetLoss implements BatchLoss {
  readonly #parts: LossParts;
  readonly #read: () => AnyBatch;
  #loaded: AnyBatch | undefined;
  /** What the model carried out of the batch when gradients were taken, and in the weight step. */
  #seen: MixtureGradients['carried'];
  #trained: MixtureGradients['carried'];
  #last: MixtureGradients | undefined;

  constructor(parts: LossParts, read: () => AnyBatch) {
    this.#parts = parts;
    this.#read = read;
  }

  /** The gradients by the mixture that were asked for last. */
  get last(): MixtureGradients | undefined {
    return this.#last;
  }

  value(mixture: Mixture, options: LossOptions = {}): number {
    return this.#outcome(mixture, options).loss;
  }

  accuracy(mixture: Mixture, options: LossOptions = {}): number {
    return this.#outcome(mixture, options).accuracy;
  }

  gradients(
    mixture: Mixture,
    by: readonly ('weights' | 'mixture')[],
    options: LossOptions = {},
  ): MixtureGradients {
    const { network, own, complete } = this.#parts;
    const result = this.#at(options, (parameters) =>
      mixtureGradients(network, parameters, complete(mixture), this.#batch, {
        by,
        ...this.#mode(options),
      }),
    );
    own(result);
    this.#seen = result.carried;
    if (by.includes('mixture')) this.#last = result;
    return result;
  }

  /** The gradients of the weight step, whose forward pass keeps running statistics. */
  trained(mixture: Mixture, by: readonly ('weights' | 'mixture')[]): MixtureGradients {
    const { network, store, statistics, own, complete } = this.#parts;
    const norm = statistics === undefined ? {} : ({ batchNorm: 'train', statistics } as const);
    const options = { by, training: true, ...norm, ...this.#noise };
    const result = mixtureGradients(network, store, complete(mixture), this.#batch, options);
    own(result);
    this.#trained = result.carried;
    return result;
  }

  /** What the model carries on: from the weight step where there was one, else from the last look. */
  get carried(): MixtureGradients['carried'] {
    return this.#trained ?? this.#seen;
  }

  #outcome(mixture: Mixture, options: LossOptions) {
    const { network, complete } = this.#parts;
    return this.#at(options, (parameters) =>
      mixtureOutcome(network, parameters, complete(mixture), this.#batch, this.#mode(options)),
    );
  }

  get #batch(): AnyBatch {
    if (this.#loaded === undefined) {
      this.#loaded = this.#read();
      this.#parts.own(this.#loaded);
    }
    return this.#loaded;
  }

  #at<T>({ at }: LossOptions, use: (parameters: ParameterSource) => T): T {
    const { store } = this.#parts;
    return at === undefined ? use(store) : store.at(at, use);
  }

  get #noise() {
    const { noise } = this.#parts;
    return noise === undefined ? {} : { noise };
  }

  /** Running statistics are those of evaluation, where nothing is dropped. */
  #mode({ batchNorm = 'batch' }: LossOptions) {
    const { statistics } = this.#parts;
    if (batchNorm === 'batch') return { batchNorm, ...this.#noise } as const;
    if (statistics !== undefined) return { batchNorm, statistics } as const;
    throw new Error('Nobody asked for running statistics: no modifier has `runningStatistics`.');
  }
}
