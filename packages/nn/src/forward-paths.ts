import { tf } from '@archer-nas/engine';
import type { Forward, Piece } from './network.ts';
import type { PathPlan, PlannedResult } from './path-plan.ts';

/** Options of {@link forwardPaths}. */
export interface ForwardPathsOptions {
  /**
   * Results that wait for later paths take at most so much memory; beyond that they are
   * computed again. 256 MiB unless given. What the path in progress needs comes on top.
   */
  readonly sharedBytes?: number;
  /** Called before a piece is run. */
  readonly onRun?: (piece: Piece) => void;
}

const SHARED_BYTES = 256 * 2 ** 20;

/**
 * Forward passes of all paths of a plan on the same images, with the batch's statistics. What
 * paths share is computed once, and every result is freed as soon as nothing needs it any more.
 * The same bits as for each path alone: a plan of one path makes the same calls.
 *
 * @returns the logits, in the plan's order; each is freed when the next is asked for
 */
export function* forwardPaths(
  pieces: readonly Piece[],
  plan: PathPlan,
  images: tf.Tensor4D,
  forward: Forward,
  options: ForwardPathsOptions = {},
): Generator<tf.Tensor2D> {
  const results = new HeldResults(pieces, plan, images, forward, options);
  try {
    for (const [at, result] of plan.logits.entries()) {
      yield results.get(result) as tf.Tensor2D; // the last piece gives logits
      results.release(result);
      results.shrink(at);
    }
  } finally {
    results.dispose();
  }
}

/** The results that are in memory, with how often each will be read. */
class HeldResults {
  readonly #pieces: readonly Piece[];
  readonly #images: PlannedResult;
  readonly #forward: Forward;
  readonly #sharedBytes: number;
  readonly #onRun: (piece: Piece) => void;
  readonly #held = new Map<PlannedResult, tf.Tensor>();
  readonly #readers = new Map<PlannedResult, number>();

  constructor(
    pieces: readonly Piece[],
    plan: PathPlan,
    images: tf.Tensor4D,
    forward: Forward,
    { sharedBytes = SHARED_BYTES, onRun = () => {} }: ForwardPathsOptions,
  ) {
    this.#pieces = pieces;
    this.#images = plan.images;
    this.#forward = forward;
    this.#sharedBytes = sharedBytes;
    this.#onRun = onRun;
    this.#held.set(plan.images, images);
    for (const result of plan.logits) this.#expect(result);
  }

  get(result: PlannedResult): tf.Tensor {
    const held = this.#held.get(result);
    if (held !== undefined) return held;
    const piece = this.#pieces[result.piece] as Piece; // the plan was made of these
    const inputs = result.inputs.map((input) => input && (this.get(input) as tf.Tensor4D));
    this.#onRun(piece);
    const output = tf.tidy(() => piece.run(inputs, this.#forward, result.option));
    // An input that is handed through would be freed twice.
    const own = inputs.includes(output as tf.Tensor4D) ? output.clone() : output;
    this.#held.set(result, own);
    for (const input of result.inputs) if (input !== undefined) this.release(input);
    return own;
  }

  /** A reader is done with it: the last one frees it. */
  release(result: PlannedResult): void {
    if (result === this.#images) return;
    const left = (this.#readers.get(result) ?? 0) - 1;
    this.#readers.set(result, left);
    if (left === 0) this.#free(result);
  }

  /** After path `at`: frees what is too much, first what is needed last. */
  shrink(at: number): void {
    const waiting = [...this.#held.keys()].filter((result) => result !== this.#images);
    let bytes = waiting.reduce((sum, result) => sum + this.#bytes(result), 0);
    if (bytes <= this.#sharedBytes) return;
    const next = ({ paths }: PlannedResult) => paths.find((path) => path > at) ?? 0;
    for (const result of waiting.sort((a, b) => next(b) - next(a))) {
      if (bytes <= this.#sharedBytes) return;
      bytes -= this.#bytes(result);
      this.#free(result);
      this.#readInputs(result);
    }
  }

  dispose(): void {
    for (const result of this.#held.keys()) if (result !== this.#images) this.#free(result);
  }

  /** One more will read it, so that it must be computed if it is not there. */
  #expect(result: PlannedResult): void {
    const before = this.#readers.get(result) ?? 0;
    this.#readers.set(result, before + 1);
    if (before === 0 && !this.#held.has(result)) this.#readInputs(result);
  }

  #readInputs(result: PlannedResult): void {
    for (const input of result.inputs) if (input !== undefined) this.#expect(input);
  }

  #free(result: PlannedResult): void {
    this.#held.get(result)?.dispose();
    this.#held.delete(result);
  }

  #bytes(result: PlannedResult): number {
    return (this.#held.get(result)?.size ?? 0) * 4;
  }
}
