import { type Saved, tf } from '@archer-nas/engine';
import type { NativeBackend } from './backend.ts';

/**
 * Memory for a layer's gradient: that of tensors, which then stays whoever disposes them, and
 * arrays that no tensor has. It costs a fraction of further tensors that share the memory.
 */
export class Held implements Saved {
  readonly #backend: NativeBackend;
  readonly #tensors: readonly tf.Tensor[];
  readonly #arrays: readonly Float32Array[];
  #freed = false;

  /**
   * @param tensors whose data lie on `backend`
   * @param arrays what `backend.buffers` have given
   */
  constructor(
    backend: NativeBackend,
    tensors: readonly tf.Tensor[],
    arrays: readonly Float32Array[],
  ) {
    this.#backend = backend;
    this.#tensors = tensors;
    this.#arrays = arrays;
    for (const { dataId } of tensors) backend.incRef(dataId);
  }

  dispose(): void {
    if (this.#freed) return;
    this.#freed = true;
    for (const { dataId } of this.#tensors) release(dataId);
    for (const values of this.#arrays) this.#backend.buffers.give(values);
  }
}

/** Takes one reference back, wherever the data lie by now. */
function release(dataId: tf.DataId): void {
  const engine = tf.engine();
  const { backend } = engine.state.tensorInfo.get(dataId) as { backend: tf.KernelBackend };
  if (backend.disposeData(dataId)) engine.removeDataId(dataId, backend);
}
