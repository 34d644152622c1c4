import { type Instance, refusal } from './instance.ts';
import type { Memory } from './web-assembly.ts';

/**
 * The module's memory, as arrays. It grows, which gives it a new buffer; arrays on the buffers
 * before stay valid, because shared memory never moves.
 */
export class WasmMemory {
  readonly #memory: Memory;
  readonly #exports: Instance['exports'];
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  #latest: ArrayBufferLike;

  constructor({ memory, exports }: Instance) {
    this.#memory = memory;
    this.#exports = exports;
    this.#latest = memory.buffer;
    this.#buffers.add(this.#latest);
  }

  /** Whether values lie here. */
  has(values: ArrayBufferView): boolean {
    return values.buffer === this.#latest || this.#buffers.has(values.buffer);
  }

  /** The address of `bytes` bytes that are never given back. */
  allocate(bytes: number): number {
    const at = bytes < 2 ** 32 ? this.#exports.allocate(bytes) >>> 0 : 0;
    if (at === 0) throw refusal('Out of memory.');
    this.#refresh(at + bytes);
    return at;
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.#latest, at, length);
  }

  integers(at: number, length: number): Int32Array {
    return new Int32Array(this.#latest, at, length);
  }

  /** Takes the buffer that reaches up to `end`. */
  #refresh(end: number): void {
    if (this.#latest.byteLength >= end) return;
    // When another thread has let it grow, this one's buffer may not know yet.
    if (this.#memory.buffer.byteLength < end) this.#memory.grow(0);
    this.#latest = this.#memory.buffer;
    this.#buffers.add(this.#latest);
  }
}
