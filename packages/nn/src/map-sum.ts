import { tf } from '@archer-nas/engine';
import type { Forward } from './network.ts';

/**
 * A sum of maps that is made term by term, such as a node of a cell. A layer that can add in its
 * own kernel takes what is there so far; terms and partial sums are freed once they are added.
 */
export class MapSum {
  readonly #forward: Forward;
  #total: tf.Tensor4D | undefined;
  /** Whether the total was made for this sum, so that nothing else reads it. */
  #own = false;
  #taken = false;

  constructor(forward: Forward) {
    this.#forward = forward;
  }

  /** The sum so far; `undefined` is a map of zeros. */
  get total(): tf.Tensor4D | undefined {
    return this.#total;
  }

  /** The sum so far, for a layer that adds it to its result: what is given to `add` next. */
  take(): tf.Tensor4D | undefined {
    this.#taken = this.#total !== undefined;
    return this.#total;
  }

  /**
   * Adds a map; `undefined` is a map of zeros.
   *
   * @param own whether nothing else reads the map: it is then freed when its turn is over
   */
  add(map: tf.Tensor4D | undefined, own: boolean): void {
    if (map === undefined) {
      if (this.#taken) throw new Error('A layer has taken a sum and given nothing in its place.');
      return;
    }
    const before = this.#total;
    if (before === undefined || this.#taken) {
      this.#replace(map, own);
    } else {
      const sum = tf.add<tf.Tensor4D>(before, map);
      this.#forward.trace?.record('add', [before, map], sum);
      if (own) map.dispose();
      this.#replace(sum, true);
    }
    this.#taken = false;
  }

  /** Frees the sum, if it was made here. */
  dispose(): void {
    if (this.#own) this.#total?.dispose();
  }

  #replace(total: tf.Tensor4D, own: boolean): void {
    if (total === this.#total) return;
    this.dispose();
    this.#total = total;
    this.#own = own;
  }
}
