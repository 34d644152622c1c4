import type { State, Streams } from '@archer-nas/core';
import {
  clipCoefficient,
  cosine,
  type Gradients,
  globalNorm,
  gradientNorms,
  type Model,
  type Network,
  ParameterStore,
  type Schedule,
  Sgd,
  type WeightPoint,
  type WeightValues,
} from '@archer-nas/nn';
import type { BilevelOptions } from './options.ts';

/** What {@link Weights} save. */
export interface SavedWeights {
  readonly parameters: State;
  readonly optimiser: State;
}

/** What {@link Weights} begin with. */
export interface WeightsBeginning {
  readonly streams: Streams;
  readonly saved: SavedWeights | undefined;
  /** Values by parameter name in place of drawn ones. */
  readonly inherited: State | undefined;
}

/** The supernet's weights w, and how they move: SGD on a cosine, its gradients clipped. */
export class Weights {
  readonly store: ParameterStore;
  readonly #sgd: Sgd;
  readonly #rate: Schedule;
  readonly #clip: number | null;

  constructor(
    { parameters }: Model | Network,
    options: BilevelOptions,
    { streams, saved, inherited }: WeightsBeginning,
  ) {
    const { lr: base, minLr: min, epochs, momentum, nesterov, weightDecay, clip } = options;
    this.#rate = cosine({ base, min, total: epochs });
    this.#clip = clip;
    this.store = new ParameterStore(
      parameters,
      streams.scope('init'),
      saved?.parameters ?? inherited,
    );
    this.#sgd = new Sgd(this.store, { momentum, nesterov, weightDecay }, saved?.optimiser);
  }

  /** η of an epoch, counted from 0. */
  learningRate(epoch: number): number {
    return this.#rate(epoch);
  }

  /** One step down. */
  move(gradients: Gradients, learningRate: number): void {
    const norm = this.#clip === null ? 0 : globalNorm(gradientNorms(gradients));
    const scale = this.#clip === null ? 1 : clipCoefficient(norm, this.#clip);
    this.#sgd.step(gradients, { learningRate, scale });
  }

  /** @param keep takes over the values that are made */
  point(learningRate: number, keep: (values: WeightValues) => WeightValues): WeightPoint {
    return {
      afterStep: (gradients, scale = 1) =>
        keep(this.#sgd.preview(gradients, { learningRate, scale })),
      rate: this.#sgd.rate(learningRate),
      moved: (direction, factor) => keep(this.store.displaced(direction, factor)),
    };
  }

  get state(): SavedWeights {
    return { parameters: this.store.state, optimiser: this.#sgd.state };
  }

  dispose(): void {
    this.#sgd.dispose();
    this.store.dispose();
  }
}
