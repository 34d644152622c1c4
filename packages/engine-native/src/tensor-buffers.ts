import type { Addon } from './addon.ts';

/**
 * Memory of tensors that come and go in every step. Buffers are kept by size class and handed
 * out again, so that a training loop allocates nothing once it has run: fresh memory would cost
 * more time in page faults than the kernels take.
 */
export class TensorBuffers {
  readonly #addon: Addon;
  /** Free buffers by their size class. */
  readonly #free: Float32Array[][] = [];
  readonly #owned = new WeakSet<ArrayBufferLike>();
  #bytes = 0;

  constructor(addon: Addon) {
    this.#addon = addon;
  }

  /** Bytes that were ever allocated; they are never given back. */
  get bytes(): number {
    return this.#bytes;
  }

  /** `length` numbers with undefined values. */
  take(length: number): Float32Array {
    const size = sizeClass(length);
    const last = this.#free[size]?.pop() ?? this.#allocate(4 * capacity(size));
    if (last.length === length) return last;
    return new Float32Array(last.buffer, last.byteOffset, length);
  }

  /** Takes back what {@link take} has given; nobody may use it afterwards. */
  give(values: Float32Array): void {
    const size = sizeClass(values.length);
    const list = this.#free[size];
    if (list === undefined) this.#free[size] = [values];
    else list.push(values);
  }

  /** Whether values lie in memory that will be handed out again. */
  owns(values: ArrayBufferView): boolean {
    return this.#owned.has(values.buffer);
  }

  #allocate(bytes: number): Float32Array {
    const memory = this.#addon.buffer(bytes);
    const values = ArrayBuffer.isView(memory) ? memory : new Float32Array(memory);
    this.#owned.add(values.buffer);
    this.#bytes += bytes;
    return values;
  }
}

/** The fewest numbers of a buffer: 256 bytes. */
const LEAST = 64;

/** The number of the next size: there are four per power of two. */
function sizeClass(length: number): number {
  const least = Math.max(LEAST, length);
  const exponent = 31 - Math.clz32(least);
  return 4 * (exponent - 1) + Math.ceil(least / (1 << (exponent - 2)));
}

/** The numbers that a buffer of a size class holds. */
function capacity(size: number): number {
  return (4 + (size % 4)) * (1 << (Math.floor(size / 4) - 2));
}
