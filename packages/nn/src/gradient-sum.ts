import { tf } from '@archer-nas/engine';
import type { Gradients } from './clipping.ts';

/**
 * Gradients of several backward passes before one update, added up by parameter. A parameter
 * that no pass has reached is absent.
 */
export class GradientSum {
  readonly #sums = new Map<string, tf.Tensor>();
  /** Sums that were made here; the first gradient of a parameter stands for itself. */
  readonly #own = new Set<tf.Tensor>();

  /** Adds `share` times these gradients, which must live as long as the sum: they may be in it. */
  add(gradients: Gradients, share = 1): void {
    for (const [name, gradient] of gradients) {
      const before = this.#sums.get(name);
      if (before === undefined && share === 1) {
        this.#sums.set(name, gradient);
        continue;
      }
      const after = tf.tidy(() => {
        const term = share === 1 ? gradient : tf.mul(gradient, share);
        return tf.keep(before === undefined ? term : tf.add(before, term));
      });
      this.#free(before);
      this.#own.add(after);
      this.#sums.set(name, after);
    }
  }

  /** The sums so far, in the order in which parameters were first reached. */
  get gradients(): Gradients {
    return this.#sums;
  }

  /** Frees the sums; gradients that were given stay their owner's. */
  dispose(): void {
    for (const sum of this.#own) sum.dispose();
    this.#own.clear();
    this.#sums.clear();
  }

  #free(sum: tf.Tensor | undefined): void {
    if (sum !== undefined && this.#own.delete(sum)) sum.dispose();
  }
}
