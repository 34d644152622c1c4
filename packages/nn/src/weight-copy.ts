import type { State, TensorState } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { ParameterStore } from './parameter-store.ts';
import { restoreTensor, tensorState } from './tensor-state.ts';

/**
 * Values beside those of a store, by the same names: the best so far, or the average of iterates.
 * There are none before the first `move`.
 */
export class WeightCopy {
  readonly #values = new Map<string, tf.Variable>();

  constructor(store: ParameterStore, saved?: State) {
    for (const [name, entry] of Object.entries((saved ?? {}) as Record<string, TensorState>)) {
      const value = restoreTensor(entry, store.value(name).shape, `copy of ${name}`);
      this.#values.set(name, tf.variable(value, false));
      value.dispose();
    }
  }

  /** For `ParameterStore.at`. */
  get values(): ReadonlyMap<string, tf.Tensor> {
    return this.#values;
  }

  /**
   * v ← v + share · (w − v), and v ← w exactly where the share is 1 or there is no v: with share
   * 1/n at the n-th call, v is the mean of the w of all calls.
   *
   * @param store has w
   * @param from values that hide the store's own
   */
  move(store: ParameterStore, share = 1, from?: ReadonlyMap<string, tf.Tensor>): void {
    for (const { name } of store.specs) {
      const w = from?.get(name) ?? store.value(name);
      const v = this.#values.get(name);
      // A clone would share memory with w, which optimisers change in place.
      const whole = share === 1 || v === undefined;
      const next = whole ? copied(w) : tf.tidy(() => tf.add(v, tf.mul(tf.sub(w, v), share)));
      if (v === undefined) this.#values.set(name, tf.variable(next, false));
      else v.assign(next);
      next.dispose();
    }
  }

  get state(): State {
    return Object.fromEntries([...this.#values].map(([name, v]) => [name, tensorState(v)]));
  }

  dispose(): void {
    tf.dispose([...this.#values.values()]);
    this.#values.clear();
  }
}

function copied(w: tf.Tensor): tf.Tensor {
  return restoreTensor(tensorState(w), w.shape, 'a copy');
}
