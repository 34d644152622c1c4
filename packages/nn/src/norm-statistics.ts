import type { State, TensorState } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { NormStatistics } from './network.ts';
import { restoreTensor, tensorState } from './tensor-state.ts';

/** How {@link RunningStatistics} weigh a new batch. */
export interface RunningStatisticsOptions {
  /**
   * The new batch's share (PyTorch's default: 0.1), or `cumulative`: the i-th batch gets
   * 1/i, so that the result is the mean over all batches (recalibration).
   */
  readonly momentum?: number | 'cumulative';
}

interface Entry {
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
  batches: number;
}

/**
 * Running means and unbiased variances by layer name. Starts at mean 0 and variance 1 like
 * PyTorch. Owns its tensors until `dispose`.
 */
export class RunningStatistics implements NormStatistics {
  readonly #momentum: number | 'cumulative';
  readonly #entries = new Map<string, Entry>();

  constructor({ momentum = 0.1 }: RunningStatisticsOptions = {}, saved?: State) {
    this.#momentum = momentum;
    if (saved !== undefined) this.#restore(saved as unknown as Record<string, SavedEntry>);
  }

  get(name: string, channels: number): { mean: tf.Tensor1D; variance: tf.Tensor1D } {
    return this.#entry(name, channels);
  }

  update(name: string, mean: tf.Tensor1D, variance: tf.Tensor1D, count: number): void {
    const entry = this.#entry(name, mean.shape[0]);
    entry.batches += 1;
    const share = this.#momentum === 'cumulative' ? 1 / entry.batches : this.#momentum;
    const unbiased = count > 1 ? count / (count - 1) : 1;
    entry.mean = replace(entry.mean, mean, share, 1);
    entry.variance = replace(entry.variance, variance, share, unbiased);
  }

  get state(): State {
    return Object.fromEntries(
      [...this.#entries].map(([name, { mean, variance, batches }]) => [
        name,
        { mean: tensorState(mean), variance: tensorState(variance), batches },
      ]),
    );
  }

  dispose(): void {
    for (const { mean, variance } of this.#entries.values()) tf.dispose([mean, variance]);
    this.#entries.clear();
  }

  #entry(name: string, channels: number): Entry {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      const mean = tf.keep(tf.zeros([channels]) as tf.Tensor1D);
      entry = { mean, variance: tf.keep(tf.ones([channels]) as tf.Tensor1D), batches: 0 };
      this.#entries.set(name, entry);
    }
    return entry;
  }

  #restore(saved: Record<string, SavedEntry>): void {
    for (const [name, { mean, variance, batches }] of Object.entries(saved)) {
      this.#entries.set(name, {
        mean: restoreTensor(mean, mean.shape, `${name} mean`) as tf.Tensor1D,
        variance: restoreTensor(variance, variance.shape, `${name} variance`) as tf.Tensor1D,
        batches,
      });
    }
  }
}

interface SavedEntry {
  readonly mean: TensorState;
  readonly variance: TensorState;
  readonly batches: number;
}

/** old (1 − share) + new · factor · share, in place of `old`. */
function replace(old: tf.Tensor1D, next: tf.Tensor1D, share: number, factor: number): tf.Tensor1D {
  const value = tf.tidy(() =>
    tf.keep(tf.add(tf.mul(old, 1 - share), tf.mul(next, factor * share))),
  );
  old.dispose();
  return value as tf.Tensor1D;
}
