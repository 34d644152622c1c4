import { type State, type TensorState, witness } from '@archer-nas/core';
import { type SgdParameter, type SgdOptions as StepSettings, tf } from '@archer-nas/engine';
import type { Gradients } from './clipping.ts';
import { fusedSgdStep } from './fused.ts';
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
  /** Velocities of the parameters that have had a gradient so far. */
  readonly #velocities = new Map<string, tf.Variable>();

  constructor(store: ParameterStore, options: SgdOptions = {}, saved?: State) {
    this.#store = store;
    this.#options = {
      momentum: 0,
      nesterov: false,
      weightDecay: 0,
      unsampled: 'freeze',
      ...options,
    };
    for (const [name, velocity] of Object.entries((saved ?? {}) as Record<string, TensorState>)) {
      const value = restoreTensor(velocity, store.value(name).shape, `velocity of ${name}`);
      this.#velocities.set(name, tf.variable(value, false));
      value.dispose();
    }
  }

  /** Updates the store; `gradients` stay the caller's. */
  step(gradients: Gradients, { learningRate, scale = 1 }: SgdStep): void {
    witness()?.({ kind: 'update', optimiser: 'sgd', learningRate, scale });
    for (const name of gradients.keys()) this.#begin(name);
    const { unsampled, ...options } = this.#options;
    const names = unsampled === 'decay' ? [...this.#velocities.keys()] : [...gradients.keys()];
    const update = fusedSgdStep() ?? composedSgdStep;
    const parameters = names.map((name) => {
      return {
        value: this.#store.value(name),
        velocity: this.#begin(name),
        gradient: gradients.get(name),
      };
    });
    update(parameters, { ...options, learningRate, scale });
  }

  /**
   * The values that {@link step} would give to the parameters of `gradients`, and nothing is
   * changed: the unrolled weights of bilevel methods. The caller disposes them.
   */
  preview(gradients: Gradients, { learningRate, scale = 1 }: SgdStep): Map<string, tf.Tensor> {
    const { momentum, weightDecay, nesterov } = this.#options;
    const after = [...gradients].map(([name, gradient]): [string, tf.Tensor] => {
      const value = this.#store.value(name);
      const velocity = this.#velocities.get(name);
      const next = tf.tidy(() => {
        const g = tf.add(tf.mul(gradient, scale), tf.mul(value, weightDecay));
        const v = velocity === undefined ? g : tf.add(tf.mul(velocity, momentum), g);
        const direction = nesterov ? tf.add(g, tf.mul(v, momentum)) : v;
        return tf.sub(value, tf.mul(direction, learningRate));
      });
      return [name, tf.keep(next)];
    });
    return new Map(after);
  }

  /** How far {@link step} moves a parameter for a unit of its gradient: η, or (1 + μ)η with Nesterov. */
  rate(learningRate: number): number {
    const { momentum, nesterov } = this.#options;
    return nesterov ? (1 + momentum) * learningRate : learningRate;
  }

  get state(): State {
    return Object.fromEntries([...this.#velocities].map(([name, v]) => [name, tensorState(v)]));
  }

  dispose(): void {
    for (const velocity of this.#velocities.values()) velocity.dispose();
    this.#velocities.clear();
  }

  /** The velocity of a parameter, zero at its first gradient. */
  #begin(name: string): tf.Variable {
    let velocity = this.#velocities.get(name);
    if (velocity === undefined) {
      const zeros = tf.zeros(this.#store.value(name).shape);
      velocity = tf.variable(zeros, false);
      zeros.dispose();
      this.#velocities.set(name, velocity);
    }
    return velocity;
  }
}

/** The engine's fused step, composed of tfjs operations. */
export function composedSgdStep(
  parameters: Iterable<SgdParameter>,
  { learningRate, momentum, weightDecay, nesterov, scale = 1 }: StepSettings,
): void {
  tf.tidy(() => {
    for (const { value, velocity, gradient } of parameters) {
      const decay = tf.mul(value, weightDecay);
      const g = gradient === undefined ? decay : tf.add(tf.mul(gradient, scale), decay);
      const v = tf.add(tf.mul(velocity, momentum), g);
      const direction = nesterov ? tf.add(g, tf.mul(v, momentum)) : v;
      const next = tf.sub(value, tf.mul(direction, learningRate));
      velocity.assign(v);
      value.assign(next);
    }
  });
}
