import { ArcherError, type State, type TensorState, witness } from '@archer-nas/core';
import {
  type AdamParameter,
  adamCoefficients,
  type AdamOptions as StepSettings,
  tf,
} from '@archer-nas/engine';
import type { Gradients } from './clipping.ts';
import { fusedKernel } from './fused.ts';
import type { ParameterStore } from './parameter-store.ts';
import type { SgdStep } from './sgd.ts';
import { restoreTensor, tensorState } from './tensor-state.ts';

/** Options of {@link Adam}, with PyTorch's defaults. */
export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  /** Added to the root of the corrected second moment. */
  readonly epsilon?: number;
  readonly weightDecay?: number;
  /**
   * Whether the decay shrinks the parameter, w (1 − η λ), as in AdamW (Loshchilov and Hutter
   * 2019); otherwise it joins the gradient, g + λ w, as in PyTorch's Adam.
   */
  readonly decoupled?: boolean;
}

interface Moments {
  readonly first: tf.Variable;
  readonly second: tf.Variable;
  steps: number;
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1) as PyTorch defines it:
 * m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;
 * w ← w − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).
 * Every parameter counts its own steps t; one without a gradient is left as it is.
 */
export class Adam {
  readonly #store: ParameterStore;
  readonly #options: Required<AdamOptions>;
  /** Of the parameters that have had a gradient so far. */
  readonly #moments = new Map<string, Moments>();

  /** @throws ArcherError `ARCHER_OPTIMISER` for a β that is not in [0, 1) */
  constructor(store: ParameterStore, options: AdamOptions = {}, saved?: State) {
    this.#store = store;
    const defaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decoupled: false };
    this.#options = { ...defaults, ...options };
    for (const name of ['beta1', 'beta2'] as const) checkShare(name, this.#options[name]);
    this.#restore((saved ?? {}) as unknown as Record<string, SavedMoments>);
  }

  /** Updates the store; `gradients` stay the caller's. */
  step(gradients: Gradients, { learningRate, scale = 1 }: SgdStep): void {
    witness()?.({ kind: 'update', optimiser: 'adam', learningRate, scale });
    for (const name of gradients.keys()) this.#begin(name);
    const update = fusedKernel('adamStep') ?? composedAdamStep;
    tf.tidy(() => {
      const parameters = [...gradients].map(([name, given]): AdamParameter => {
        const moments = this.#begin(name);
        moments.steps += 1;
        const gradient = scale === 1 ? given : tf.mul(given, scale);
        const { first, second, steps: step } = moments;
        return { value: this.#store.value(name), first, second, gradient, step };
      });
      update(parameters, { ...this.#options, learningRate });
    });
  }

  get state(): State {
    return Object.fromEntries(
      [...this.#moments].map(([name, { first, second, steps }]) => [
        name,
        { first: tensorState(first), second: tensorState(second), steps },
      ]),
    );
  }

  dispose(): void {
    for (const { first, second } of this.#moments.values()) tf.dispose([first, second]);
    this.#moments.clear();
  }

  /** The moments of a parameter, zero before its first gradient. */
  #begin(name: string): Moments {
    let moments = this.#moments.get(name);
    if (moments === undefined) {
      const { shape } = this.#store.value(name);
      moments = { first: variable(tf.zeros(shape)), second: variable(tf.zeros(shape)), steps: 0 };
      this.#moments.set(name, moments);
    }
    return moments;
  }

  #restore(saved: Record<string, SavedMoments>): void {
    for (const [name, { first, second, steps }] of Object.entries(saved)) {
      const { shape } = this.#store.value(name);
      this.#moments.set(name, {
        first: variable(restoreTensor(first, shape, `first moment of ${name}`)),
        second: variable(restoreTensor(second, shape, `second moment of ${name}`)),
        steps,
      });
    }
  }
}

interface SavedMoments {
  readonly first: TensorState;
  readonly second: TensorState;
  readonly steps: number;
}

function checkShare(name: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw new ArcherError('ARCHER_OPTIMISER', `Adam's ${name} is ${value}; it lies in [0, 1).`, {
    hint: 'The usual values are beta1 0.9 and beta2 0.999.',
  });
}

function variable(value: tf.Tensor): tf.Variable {
  const made = tf.variable(value, false);
  value.dispose();
  return made;
}

/** The engine's fused step, composed of tfjs operations. */
export function composedAdamStep(parameters: Iterable<AdamParameter>, options: StepSettings): void {
  const { beta1, beta2, epsilon } = options;
  tf.tidy(() => {
    for (const { value, first, second, gradient, step } of parameters) {
      const { rate, root, decay, shrink } = adamCoefficients(options, step);
      const g = tf.add(gradient, tf.mul(value, decay));
      const m = tf.add(tf.mul(first, beta1), tf.mul(g, 1 - beta1));
      const v = tf.add(tf.mul(second, beta2), tf.mul(tf.square(g), 1 - beta2));
      const direction = tf.div(m, tf.add(tf.div(tf.sqrt(v), root), epsilon));
      const next = tf.sub(tf.mul(value, shrink), tf.mul(direction, rate));
      value.assign(next);
      first.assign(m);
      second.assign(v);
    }
  });
}
