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
    const last = this.#free.get(bytes)?.pop();
    if (last === undefined) return new Float32Array(this.#allocate(bytes), 0, length);
    return last.length === length ? last : new Float32Array(last.buffer, 0, length);
  }

  /** Takes back what {@link take} has given; nobody may use it afterwards. */
  give(values: Float32Array): void {
    const bytes = values.buffer.byteLength;
    const list = this.#free.get(bytes);
    if (list === undefined) this.#free.set(bytes, [values]);
    else list.push(values);
  }

  /** Whether values lie in memory that will be handed out again. */
  owns(values: ArrayBufferView): boolean {
    return this.#owned.has(values.buffer);
  }

  #allocate(bytes: number): ArrayBuffer {
    const buffer = this.#addon.buffer(bytes);
    this.#owned.add(buffer);
    this.#bytes += bytes;
    return buffer;
  }
}

/** The next size of four per power of two, at least 256 bytes. */
function sizeClass(bytes: number): number {
  const least = Math.max(256, bytes);
  const step = 2 ** (Math.floor(Math.log2(least)) - 2);
  return Math.ceil(least / step) * step;
}
