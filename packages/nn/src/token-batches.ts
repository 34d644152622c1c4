import {
  ArcherError,
  EXIT,
  type State,
  type Stream,
  type Streams,
  type TensorState,
  type TextSplit,
} from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { AnyBatch, BatchSource } from './model.ts';
import { restoreTensor, tensorState } from './tensor-state.ts';

/** A window of several places of a text at once, each read in its own lane. */
export interface TokenBatch extends AnyBatch {
  /** Lanes: places of the text that are read side by side. */
  readonly lanes: number;
  /** Tokens of each lane. */
  readonly steps: number;
  /** What is read, [steps × lanes]: the first token of every lane, then the second, … */
  readonly tokens: Int32Array;
  /** The token after each of `tokens`. */
  readonly labels: Int32Array;
  /** What the model carried out of the window before, [lanes, …]; absent at the beginning. */
  readonly carried?: tf.Tensor;
  /** The stream that the dropout of this name draws from; absent: nothing is dropped. */
  readonly noise?: (name: string) => Stream;
}

/** How a text is cut into windows. */
export interface WindowOptions {
  readonly lanes: number;
  /** Tokens of each lane per batch: how far back gradients go. */
  readonly window: number;
  /** For training batches: each step's dropout has streams of its own. */
  readonly noise?: Streams;
}

/** A window of a text in lanes. */
export interface Window {
  /** The token of each lane that it begins with. */
  readonly first: number;
  /** How many tokens of each lane it reads. */
  readonly steps: number;
}

/**
 * Truncated back-propagation through time: the text is cut into `lanes` parts of one length, the
 * rest left out, and all are read from their beginnings on, window by window. What the model
 * carries is handed from window to window, and forgotten at the beginning of a pass.
 */
export class TokenBatches implements BatchSource {
  readonly length: number;
  readonly size: number;
  /** Tokens of a lane that are read in one pass. */
  readonly span: number;
  readonly #tokens: Int32Array;
  readonly #options: WindowOptions;
  /** Tokens of a lane, of which the last is only predicted. */
  readonly #lane: number;
  #carried: tf.Tensor | undefined;

  /** @throws ArcherError `ARCHER_DATA_SHORT` when a lane would have fewer than two tokens */
  constructor({ name, tokens }: TextSplit, options: WindowOptions, saved?: State) {
    const { lanes, window } = options;
    this.#tokens = tokens;
    this.#options = options;
    this.#lane = Math.floor(tokens.length / lanes);
    if (this.#lane < 2) {
      throw new ArcherError(
        'ARCHER_DATA_SHORT',
        `The ${tokens.length} tokens of ${name} are too few for ${lanes} lanes: two in each are needed.`,
        { hint: 'Use more of the text, or fewer lanes.', exit: EXIT.data },
      );
    }
    this.span = this.#lane - 1;
    this.length = Math.ceil(this.span / window);
    this.size = lanes * this.span;
    const carried = saved as unknown as TensorState | null | undefined;
    if (carried) this.#carried = restoreTensor(carried, carried.shape, 'what is carried');
  }

  at(step: number): TokenBatch {
    const { window } = this.#options;
    const first = (step % this.length) * window;
    return this.read({ first, steps: Math.min(window, this.span - first) }, step);
  }

  /** A window of the caller's choice; what is dropped depends on the step. */
  read({ first, steps }: Window, step: number): TokenBatch {
    const { lanes, noise } = this.#options;
    const read = (offset: number): Int32Array =>
      Int32Array.from({ length: steps * lanes }, (_, i) => {
        const [time, lane] = [Math.floor(i / lanes), i % lanes];
        return this.#tokens[lane * this.#lane + first + time + offset] as number; // in its lane
      });
    return {
      ...{ lanes, steps, tokens: read(0), labels: read(1), size: steps * lanes },
      ...(first > 0 && this.#carried && { carried: this.#carried }),
      ...(noise && { noise: (name: string) => noise.stream(name, step) }),
      dispose: () => {},
    };
  }

  carry(carried: tf.Tensor): void {
    const copy = tf.keep(carried.clone());
    this.#carried?.dispose();
    this.#carried = copy;
  }

  get state(): State {
    return (this.#carried ? tensorState(this.#carried) : null) as unknown as State;
  }

  dispose(): void {
    this.#carried?.dispose();
    this.#carried = undefined;
  }
}
