import type { tf } from '@archer-nas/engine';
import type { KernelQueue } from './kernel-queue.ts';

/** A tensor's data. */
export interface Entry {
  readonly values: Float32Array | Int32Array | Uint8Array;
  dtype: tf.DataType;
  refCount: number;
  /** Its memory, where that is reused: kernels that wait may still write to it. */
  readonly memory?: Float32Array;
}

/** Data in reused memory: looking at the values runs the kernels that compute them. */
export class Pooled implements Entry {
  dtype: tf.DataType = 'float32';
  refCount = 1;
  readonly memory: Float32Array;
  readonly #queue: KernelQueue;

  constructor(memory: Float32Array, queue: KernelQueue) {
    this.memory = memory;
    this.#queue = queue;
  }

  get values(): Float32Array {
    this.#queue.run();
    return this.memory;
  }
}

type Holder = Record<symbol, Entry | undefined>;

/**
 * Where the backend finds a tensor's values: on the identifier itself. It stands in for
 * TensorFlow.js's DataStorage, whose WeakMap makes every collection of garbage slow.
 */
export class Entries {
  /** Of its own, so that data of another backend of this kind is not taken for this one's. */
  readonly #key = Symbol('archer-native');
  readonly #moveHere: (id: object) => void;
  #count = 0;

  /** @param moveHere fetches data that lies on another backend, by `set` */
  constructor(moveHere: (id: object) => void) {
    this.#moveHere = moveHere;
  }

  get(id: object): Entry {
    const entry = (id as Holder)[this.#key];
    if (entry !== undefined) return entry;
    this.#moveHere(id);
    return (id as Holder)[this.#key] as Entry;
  }

  has(id: object): boolean {
    return (id as Holder)[this.#key] !== undefined;
  }

  set(id: object, entry: Entry): void {
    if (!this.has(id)) this.#count++;
    (id as Holder)[this.#key] = entry;
  }

  delete(id: object): boolean {
    if (!this.has(id)) return false;
    this.#count--;
    (id as Holder)[this.#key] = undefined;
    return true;
  }

  numDataIds(): number {
    return this.#count;
  }
}
