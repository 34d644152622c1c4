import type { Addon } from './addon.ts';

/**
 * Memory of tensors that come and go in every step. Buffers are kept by size class and handed
 * out again, so that a training loop allocates nothing once it has run: fresh memory would cost
 * more time in page faults than the kernels take.
 */
export class TensorBuffers {
  readonly #addon: Addon;
  readonly #free = new Map<number, Float32Array[]>();
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
    const bytes = sizeClass(length * 4);
    const last = this.#free.get(bytes)?.pop() ?? this.#allocate(bytes);
    if (last.length === length) return last;
    return new Float32Array(last.buffer, last.byteOffset, length);
  }

  /** Takes back what {@link take} has given; nobody may use it afterwards. */
  give(values: Float32Array): void {
    const bytes = sizeClass(values.byteLength);
    const list = this.#free.get(bytes);
    if (list === undefined) this.#free.set(bytes, [values]);
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

/** The next size of four per power of two, at least 256 bytes. */
function sizeClass(bytes: number): number {
  const least = Math.max(256, bytes);
  const step = 2 ** (Math.floor(Math.log2(least)) - 2);
  return Math.ceil(least / step) * step;
}
