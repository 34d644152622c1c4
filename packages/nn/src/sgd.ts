import type { State, TensorState } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { Gradients } from './clipping.ts';
import type { ParameterStore } from './parameter-store.ts';
import { restoreTensor, tensorState } from './tensor-state.ts';

/** Options of {@link Sgd}. */
export interface SgdOptions {
  readonly momentum?: number;
  readonly nesterov?: boolean;
  /** Added to the gradient before momentum: g + decay · w. */
  readonly weightDecay?: number;
  /**
   * What happens to parameters that have had a gradient before, but have none in a step:
   * `freeze` leaves them; `decay` treats their gradient as zero, so that momentum and weight
   * decay still act (PyTorch 1.7 after `zero_grad`). Parameters never used stay untouched.
   */
  readonly unsampled?: 'freeze' | 'decay';
}

/** Arguments of one step. */
export interface SgdStep {
  readonly learningRate: number;
  /** Multiplies all gradients: the clip coefficient. */
  readonly scale?: number;
}

/**
 * Stochastic gradient descent as PyTorch defines it:
 * v ← μ v + (s g + λ w);  w ← w − η v, or with Nesterov w ← w − η (s g + λ w + μ v).
 */
export class Sgd {
  readonly #store: ParameterStore;
  readonly #options: Required<SgdOptions>;
  /** Parameters with a gradient so far; the velocity is there when there is momentum. */
  readonly #velocities = new Map<string, tf.Tensor | undefined>();

  constructor(store: ParameterStore, options: SgdOptions = {}, saved?: State) {
    this.#store = store;
    this.#options = {
      momentum: 0,
      nesterov: false,
      weightDecay: 0,
      unsampled: 'freeze',
      ...options,
    };
    if (saved !== undefined) this.#restore(saved as Record<string, TensorState | null>);
  }

  /** Updates the store; `gradients` stay the caller's. */
  step(gradients: Gradients, { learningRate, scale = 1 }: SgdStep): void {
    for (const [name, gradient] of gradients) this.#update(name, gradient, learningRate, scale);
    if (this.#options.unsampled === 'freeze') return;
    for (const name of this.#velocities.keys()) {
      if (!gradients.has(name)) this.#update(name, undefined, learningRate, scale);
    }
  }

  get state(): State {
    return Object.fromEntries(
      [...this.#velocities].map(([name, v]) => [name, v === undefined ? null : tensorState(v)]),
    );
  }

  dispose(): void {
    for (const velocity of this.#velocities.values()) velocity?.dispose();
    this.#velocities.clear();
  }

  #update(name: string, gradient: tf.Tensor | undefined, rate: number, scale: number): void {
    const { momentum, nesterov, weightDecay } = this.#options;
    const w = this.#store.value(name);
    const old = this.#velocities.get(name);
    const [next, velocity] = tf.tidy(() => {
      const g = decayed(w, gradient, scale, weightDecay);
      const v = momentum === 0 || old === undefined ? g : tf.add(tf.mul(old, momentum), g);
      const direction = nesterov ? tf.add(g, tf.mul(v, momentum)) : v;
      const updated = tf.sub(w, tf.mul(direction, rate));
      return [updated, momentum === 0 ? undefined : v] as [tf.Tensor, tf.Tensor | undefined];
    });
    old?.dispose();
    this.#velocities.set(name, velocity === undefined ? undefined : tf.keep(velocity));
    this.#store.set(name, next);
  }

  #restore(saved: Record<string, TensorState | null>): void {
    for (const [name, v] of Object.entries(saved)) {
      this.#velocities.set(name, v === null ? undefined : restoreTensor(v, v.shape, name));
    }
  }
}

/** s g + λ w. */
function decayed(
  w: tf.Tensor,
  gradient: tf.Tensor | undefined,
  scale: number,
  decay: number,
): tf.Tensor {
  if (gradient === undefined) return tf.mul(w, decay);
  const g = scale === 1 ? gradient : tf.mul(gradient, scale);
  return decay === 0 ? tf.clone(g) : tf.add(g, tf.mul(w, decay));
}
