import type { State, TensorState } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { Gradients } from './clipping.ts';
import { fusedSgdStep } from './fused.ts';
import type { ParameterSource } from './network.ts';
import type { ParameterStore } from './parameter-store.ts';
import { composedSgdStep, type SgdStep } from './sgd.ts';
import { restoreTensor, tensorState } from './tensor-state.ts';

/**
 * Steps of SGD away from a store's values, which stay as they are: the inner loop of meta-learning.
 * v ← μ v + s g;  w ← w − η v, from v = 0 and the store's w. Read it for the w of the moment.
 */
export class InnerSgd implements ParameterSource {
  readonly #store: ParameterStore;
  readonly #momentum: number;
  /** Of the parameters that have moved. */
  readonly #values = new Map<string, tf.Variable>();
  readonly #velocities = new Map<string, tf.Variable>();

  constructor(
    store: ParameterStore,
    { momentum = 0 }: { readonly momentum?: number },
    saved?: State,
  ) {
    this.#store = store;
    this.#momentum = momentum;
    for (const [name, velocity] of Object.entries((saved ?? {}) as Record<string, TensorState>)) {
      const value = restoreTensor(velocity, store.value(name).shape, `inner velocity of ${name}`);
      this.#velocities.set(name, tf.variable(value, false));
      value.dispose();
    }
  }

  get(name: string, shape: readonly number[]): tf.Tensor {
    return this.#values.get(name) ?? this.#store.get(name, shape);
  }

  /** `gradients` stay the caller's. */
  step(gradients: Gradients, { learningRate, scale = 1 }: SgdStep): void {
    const parameters = [...gradients].map(([name, gradient]) => {
      const start = this.#store.value(name);
      const value = held(this.#values, name, () => tf.add(start, 0)); // a clone shares memory
      const velocity = held(this.#velocities, name, () => tf.zeros(start.shape));
      return { value, velocity, gradient };
    });
    const options = { momentum: this.#momentum, weightDecay: 0, nesterov: false };
    const update = fusedSgdStep() ?? composedSgdStep;
    update(parameters, { ...options, learningRate, scale });
  }

  /** The store's w minus this w, of the parameters that have moved. The caller disposes them. */
  displacement(): Map<string, tf.Tensor> {
    const moved = [...this.#values].map(([name, value]): [string, tf.Tensor] => {
      return [name, tf.keep(tf.tidy(() => tf.sub(this.#store.value(name), value)))];
    });
    return new Map(moved);
  }

  /** Back to the store's values; velocities are forgotten, or kept for the next steps. */
  reset(velocities: 'forget' | 'keep' = 'forget'): void {
    for (const map of velocities === 'forget' ? [this.#values, this.#velocities] : [this.#values]) {
      tf.dispose([...map.values()]);
      map.clear();
    }
  }

  /** Velocities that were kept. To be read where no value has moved. */
  get state(): State {
    return Object.fromEntries([...this.#velocities].map(([name, v]) => [name, tensorState(v)]));
  }

  dispose(): void {
    this.reset();
  }
}

function held(map: Map<string, tf.Variable>, name: string, start: () => tf.Tensor): tf.Variable {
  const known = map.get(name);
  if (known !== undefined) return known;
  const value = tf.tidy(start);
  const variable = tf.variable(value, false);
  value.dispose();
  map.set(name, variable);
  return variable;
}
