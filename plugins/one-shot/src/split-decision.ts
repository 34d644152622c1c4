import type { DataSet, State, Streams } from '@archer-nas/core';
import {
  type BatchReader,
  batchReader,
  type Gradients,
  lossAndGradients,
  type Path,
  pathGates,
  type Split,
  type SplitRecipe,
  type Splitter,
} from '@archer-nas/nn';
import type { OneShotOptions } from './options.ts';
import type { SubSupernet } from './sub-supernet.ts';

/** What a supernet is split by. */
export interface SplitDecisionOf {
  readonly supernet: SubSupernet;
  readonly recipe: SplitRecipe;
  readonly data: DataSet;
  readonly options: Pick<OneShotOptions, 'labelSmoothing'>;
  /** Of this supernet alone. */
  readonly streams: Streams;
}

interface Saved {
  readonly splitter: State;
  readonly steps: number;
  readonly batches: number;
  readonly images: number;
}

/** How one supernet is to be split, as far as that is known: a splitter and the batches it reads. */
export class SplitDecision {
  readonly #of: SplitDecisionOf;
  readonly #reader: BatchReader;
  readonly #splitter: Splitter;
  #steps: number;
  #batches: number;
  #images: number;

  constructor(of: SplitDecisionOf, state?: State) {
    const saved = state as unknown as Saved | undefined;
    const { supernet, recipe, data, streams } = of;
    this.#of = of;
    this.#reader = batchReader(data, data.open('train'));
    this.#steps = saved?.steps ?? 0;
    this.#batches = saved?.batches ?? 0;
    this.#images = saved?.images ?? 0;
    const { sites, perNode, parameters } = supernet.network;
    const { before } = supernet;
    const gradients = this.#gradients.bind(this);
    const context = { sites, perNode, parameters, before, streams, gradients };
    this.#splitter = recipe.begin(context, saved?.splitter);
  }

  /** Steps that are complete. */
  get steps(): number {
    return this.#steps;
  }

  /** Images of all backward passes so far. */
  get images(): number {
    return this.#images;
  }

  step(): void {
    this.#splitter.step(this.#steps);
    this.#steps += 1;
  }

  split(): Split {
    return this.#splitter.split();
  }

  get state(): State {
    const saved: Saved = {
      splitter: this.#splitter.state,
      steps: this.#steps,
      batches: this.#batches,
      images: this.#images,
    };
    return saved as unknown as State;
  }

  /** Of several paths on the next random batch. */
  #gradients<T>(paths: readonly Path[], use: (gradients: readonly Gradients[]) => T): T {
    const { supernet, data, options, streams } = this.#of;
    const { network, training } = supernet;
    const images = Int32Array.from({ length: this.#reader.size }, (_, image) => image);
    const stream = streams.stream('images', this.#batches);
    const index = stream.shuffle(images).slice(0, data.batch);
    const place = { streams, epoch: this.#batches, position: 0 };
    const batch = this.#reader.augmented(index, place);
    const settings = { labelSmoothing: options.labelSmoothing, training: true };
    const passes = paths.map((path) =>
      lossAndGradients(network, training.store, pathGates(path), batch, settings),
    );
    this.#batches += 1;
    this.#images += paths.length * batch.size;
    try {
      return use(passes.map(({ gradients }) => gradients));
    } finally {
      for (const pass of passes) pass.dispose();
      batch.dispose();
    }
  }
}
