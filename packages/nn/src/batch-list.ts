import type { DataSet, DataSplit } from '@archer-nas/core';
import { batchIndices } from './accuracy.ts';
import { type Batch, batchReader } from './batches.ts';

/** Normalised images up to this size stay on the device between two readings. */
const CACHE_BYTES = 256 * 2 ** 20;

/** The first batches of a split, read again and again; kept on the device when they fit. */
export class BatchList {
  /** Images of all batches together. */
  readonly images: number;
  readonly #load: (index: Int32Array) => Batch;
  readonly #indices: readonly Int32Array[];
  readonly #cached: Batch[] = [];
  readonly #keep: boolean;

  constructor(
    data: Pick<DataSet, 'image' | 'mean' | 'std' | 'augmentation'>,
    split: DataSplit,
    batch: number,
    batches: 'all' | number,
  ) {
    const { height, width, channels } = data.image;
    this.#load = batchReader(data, split).plain;
    this.#indices = batchIndices(split.size, batch, batches);
    this.images = this.#indices.reduce((sum, { length }) => sum + length, 0);
    this.#keep = this.images * height * width * channels * 4 <= CACHE_BYTES;
  }

  /** Number of batches. */
  get length(): number {
    return this.#indices.length;
  }

  /** One batch after the other, each of them usable until the next is asked for. */
  *read(): Iterable<Batch> {
    for (let at = 0; at < this.length; at++) yield* this.readOne(at);
  }

  /** The batch of that position alone. */
  *readOne(at: number): Iterable<Batch> {
    const index = this.#indices[at];
    if (index === undefined) return;
    const batch = this.#cached[at] ?? this.#load(index);
    if (this.#keep) this.#cached[at] = batch;
    try {
      yield batch;
    } finally {
      if (!this.#keep) batch.dispose();
    }
  }

  dispose(): void {
    // forEach passes by the holes of batches that nobody has read.
    this.#cached.forEach((batch) => {
      batch.dispose();
    });
    this.#cached.length = 0;
  }
}
