import type { DataSet, SplitName, Streams } from '@archer-nas/core';
import { type Batch, type BatchReader, type BatchSource, batchReader } from '@archer-nas/nn';

/**
 * The augmented batches of a split, pass after pass: each pass takes every image once, in an
 * order of its own, and its last batch may be smaller. A function of the step alone.
 */
export class EpochBatches implements BatchSource {
  /** Batches of one pass. */
  readonly length: number;
  readonly #reader: BatchReader;
  readonly #batch: number;
  readonly #streams: Streams;
  #pass = -1;
  #order = new Int32Array(0);

  constructor(data: DataSet, split: SplitName, streams: Streams) {
    this.#reader = batchReader(data, data.open(split));
    this.#batch = data.batch;
    this.#streams = streams.scope(split);
    this.length = Math.ceil(this.#reader.size / data.batch);
  }

  /** Images of one pass. */
  get size(): number {
    return this.#reader.size;
  }

  /** The batch of a step, counted over all passes. The caller disposes it. */
  at(step: number): Batch {
    const epoch = Math.floor(step / this.length);
    const position = (step % this.length) * this.#batch;
    const index = this.#orderOf(epoch).slice(position, position + this.#batch);
    return this.#reader.augmented(index, { streams: this.#streams, epoch, position });
  }

  #orderOf(pass: number): Int32Array {
    if (pass !== this.#pass) {
      const images = Int32Array.from({ length: this.size }, (_, image) => image);
      this.#order = this.#streams.stream('order', pass).shuffle(images);
      this.#pass = pass;
    }
    return this.#order;
  }
}
