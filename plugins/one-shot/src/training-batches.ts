import {
  ArcherError,
  type DataOrder,
  type DataSet,
  EXIT,
  isTextData,
  type OrderRecipe,
  type Progress,
  type Report,
  type State,
  type Streams,
  type TextData,
} from '@archer-nas/core';
import { type AnyBatch, type BatchReader, batchReader, TokenBatches } from '@archer-nas/nn';
import type { PassResult } from './passes.ts';
import { shuffledOrder } from './shuffle.ts';
import { addWeights, effectiveSampleSize, NO_WEIGHTS } from './weights.ts';

/** A batch, and the weights of its samples' losses where they have any. */
export interface WeightedBatch {
  readonly batch: AnyBatch;
  readonly weights?: Float32Array | undefined;
}

/** The batches that the paths are trained on. */
export interface TrainingBatches {
  /** Samples of an epoch: images, or tokens. */
  readonly size: number;
  readonly stepsPerEpoch: number;
  /** Views show it; absent where samples have no order but their own. */
  readonly order?: DataOrder;
  /** The batch of a step, counted over all epochs; `epoch.done` epochs are complete. */
  at(step: number, epoch: Progress): WeightedBatch;
  /** What the passes on the batch that was read last have come to. */
  observe(results: readonly PassResult[]): void;
  /** `epoch.done` epochs are complete, the last of them just now. */
  endEpoch(epoch: Progress): Report;
  readonly state: State;
  dispose(): void;
}

/** What batches are made of. */
export interface BatchParts<D extends DataSet | TextData = DataSet | TextData> {
  readonly data: D;
  readonly order: OrderRecipe;
  readonly streams: Streams;
}

/** Images in the order of `order`, or a text in windows. */
export function trainingBatches(parts: BatchParts, saved?: State): TrainingBatches {
  const { data } = parts;
  return isTextData(data)
    ? new TextBatches({ ...parts, data }, saved)
    : new ImageBatches({ ...parts, data }, saved);
}

/** The samples of the epoch in progress. */
interface Samples {
  readonly index: Int32Array;
  readonly weight: Float32Array | null;
}

interface SavedImages {
  readonly order: State;
  /** `null` between two epochs. */
  readonly samples: Samples | null;
}

/** Each epoch asks `order` for its samples; the last batch may be smaller. */
class ImageBatches implements TrainingBatches {
  readonly size: number;
  readonly stepsPerEpoch: number;
  readonly order: DataOrder;
  readonly #parts: BatchParts<DataSet>;
  readonly #reader: BatchReader;
  #samples: Samples | null;
  /** Of the batch that was read last. */
  #index = new Int32Array(0);

  constructor(parts: BatchParts<DataSet>, state?: State) {
    const saved = state as unknown as SavedImages | undefined;
    const { data, order } = parts;
    const train = data.open('train');
    this.#parts = parts;
    this.size = train.size;
    this.stepsPerEpoch = Math.ceil(train.size / data.batch);
    this.#reader = batchReader(data, train);
    this.order = order.begin(train.size, saved?.order, {
      labels: train.labels,
      classes: data.classes,
    });
    this.#samples = saved?.samples ?? null;
  }

  at(step: number, epoch: Progress): WeightedBatch {
    const { data, streams } = this.#parts;
    const { index, weight } = this.#samples ?? this.#begin(epoch);
    const position = (step % this.stepsPerEpoch) * data.batch;
    this.#index = index.slice(position, position + data.batch);
    const place = { streams, epoch: epoch.done, position };
    return {
      batch: this.#reader.augmented(this.#index, place),
      weights: weight?.slice(position, position + data.batch),
    };
  }

  observe(results: readonly PassResult[]): void {
    if (!this.#parts.order.needsScores) return;
    for (const { score } of results) this.order.observe(this.#index, score());
  }

  endEpoch(epoch: Progress): Report {
    const weight = this.#samples?.weight ?? null;
    this.#samples = null;
    const report = this.order.advance?.(epoch) ?? {};
    if (weight === null) return report;
    const size = effectiveSampleSize(addWeights(NO_WEIGHTS, weight));
    return { ...report, metrics: { 'data-effective-sample-size': size, ...report.metrics } };
  }

  get state(): State {
    const saved: SavedImages = { order: this.order.state, samples: this.#samples };
    return saved as unknown as State;
  }

  dispose(): void {}

  #begin(epoch: Progress): Samples {
    const stream = this.#parts.streams.stream('order', epoch.done);
    const { index, weight } = this.order.next(epoch, stream);
    if (index.length !== this.size) {
      throw new ArcherError(
        'ARCHER_ORDER_SIZE',
        `The data order gave ${index.length} samples for an epoch of ${this.size}.`,
      );
    }
    this.#samples = { index, weight: weight ?? null };
    return this.#samples;
  }
}

/** A text is read from its beginning on, and what the first path of a step carries is carried on. */
class TextBatches implements TrainingBatches {
  readonly size: number;
  readonly stepsPerEpoch: number;
  readonly #text: TokenBatches;

  /** @throws ArcherError `ARCHER_CAPABILITY` for an order, which a text has already */
  constructor({ data, order, streams }: BatchParts<TextData>, saved?: State) {
    if (order !== shuffledOrder) {
      throw new ArcherError('ARCHER_CAPABILITY', 'A text is read in its own order.', {
        hint: 'Leave out the order.',
        exit: EXIT.manifest,
      });
    }
    const { batch: lanes, window } = data;
    const options = { lanes, window, noise: streams.scope('text') };
    this.#text = new TokenBatches(data.open('train'), options, saved);
    this.size = this.#text.size;
    this.stepsPerEpoch = this.#text.length;
  }

  at(step: number): WeightedBatch {
    return { batch: this.#text.at(step) };
  }

  observe([first]: readonly PassResult[]): void {
    if (first?.carried) this.#text.carry(first.carried);
  }

  endEpoch(): Report {
    return {};
  }

  get state(): State {
    return this.#text.state;
  }

  dispose(): void {
    this.#text.dispose();
  }
}
