import type { SearchSpace } from '@archer-nas/core';
import { type Recurrence, tf } from '@archer-nas/engine';
import { decodedCrossEntropy } from './decoded-cross-entropy.ts';
import { dropoutMask } from './dropout-mask.ts';
import { embedding } from './embedding.ts';
import type { Model } from './model.ts';
import type { Forward, Gate, ParameterSpec, Path, Site } from './network.ts';
import type { TokenBatch } from './token-batches.ts';

/** Masks that are multiplied with a cell's inputs, the same at every step of a window. */
export interface CellMasks {
  /** Of x, [lanes, width]; absent: nothing is dropped. */
  readonly input?: tf.Tensor;
  /** Of the state, [lanes, width]; absent: nothing is dropped. */
  readonly hidden?: tf.Tensor;
}

/** h_1 … h_T from x_1 … x_T, both [steps × lanes, width], and from h_0, [lanes, width]. */
export type CellWindow = Recurrence;

/** A window step by step, for cells that know no better. */
export { eachStep } from '@archer-nas/engine';

/** A recurrent cell without values. */
export interface RecurrentCell {
  /** Empty for a cell that is trained alone. */
  readonly sites: readonly Site[];
  readonly parameters: readonly ParameterSpec[];
  /** Prepares what is the same at every step of a window. */
  unroll(gates: readonly Gate[], forward: Forward, masks: CellMasks): CellWindow;
}

/** How often what is dropped, as AWD-LSTM (Merity et al., 2018) names it. */
export interface LanguageDropout {
  /** Words of the embedding. */
  readonly words: number;
  /** Embedded inputs, the same at every step. */
  readonly embedded: number;
  /** Inputs of the cell. */
  readonly input: number;
  /** States inside of the cell. */
  readonly hidden: number;
  /** Outputs of the cell, the same at every step. */
  readonly output: number;
}

/** What a language model consists of around its cell. */
export interface LanguageModelOptions {
  /** Number of different tokens. */
  readonly vocabulary: number;
  /** Of the embedding and of the state: the decoder is the embedding, transposed. */
  readonly width: number;
  /** The embedding starts from U(±initRange). */
  readonly initRange: number;
  readonly dropout: LanguageDropout;
  /** β of β · mean (h_t − h_{t−1})², in weight steps alone. */
  readonly slowness: number;
}

/** What a language model is built for. */
export interface LanguageTask {
  /** Number of different tokens. */
  readonly vocabulary: number;
}

/**
 * A space of recurrent cells. Provides `network:language`, and `supernet:single-path` where its
 * supernet runs single paths; requires `data:language-modelling`.
 */
export interface LanguageSpace<A> extends SearchSpace<A> {
  supernet(task: LanguageTask): Model;
  /** The model that is trained alone. */
  network(a: A, task: LanguageTask): Model;
  /** The options that `a` takes at the supernet's sites. */
  path(a: A, supernet: Model): Path;
}

/** A space of recurrent cells whose supernet can mix. Provides `supernet:mixture`. */
export interface LanguageMixtureSpace<A> extends LanguageSpace<A> {
  /** The architecture that a mixture stands for; see `MixtureSpace`. */
  derive(weights: readonly ArrayLike<number>[]): A;
}

/**
 * Predicts each token from those before it: embedding E, a recurrent cell, and the decoder
 * h Eᵀ + b. Batches are {@link TokenBatch}es. Dropout acts on batches that have noise, but not
 * with running statistics, which stand for evaluation.
 */
export function languageModel(options: LanguageModelOptions, cell: RecurrentCell): Model {
  const { vocabulary, width, initRange: bound } = options;
  return {
    sites: cell.sites,
    parameters: [
      { name: 'embedding.weight', shape: [vocabulary, width], init: 'uniform', bound },
      ...cell.parameters,
      { name: 'decoder.bias', shape: [vocabulary], init: 'zeros' },
    ],
    loss(batch: TokenBatch, gates, forward, lossOptions) {
      const masks = windowMasks(options, batch, forward);
      const table = forward.parameters.get('embedding.weight', [vocabulary, width]) as tf.Tensor2D;
      const states = unrolled(cell, { table, batch, gates, forward, masks });
      const bias = forward.parameters.get('decoder.bias', [vocabulary]) as tf.Tensor1D;
      const outputs = { states: atEveryStep(states, masks.output, batch), table, bias };
      const { mean, ...rest } = decodedCrossEntropy(outputs, batch.labels, lossOptions);
      const slow = forward.training ? slowness(states, batch, options.slowness) : undefined;
      const carried = stepsOf(states, batch, [batch.steps - 1, 1]);
      return { mean: slow === undefined ? mean : tf.add(mean, slow), ...rest, carried };
    },
  };
}

interface Window {
  readonly table: tf.Tensor2D;
  readonly batch: TokenBatch;
  readonly gates: readonly Gate[];
  readonly forward: Forward;
  readonly masks: WindowMasks;
}

/** h_1 … h_T from what the window before carried, or from zeros. */
function unrolled(cell: RecurrentCell, window: Window): tf.Tensor2D {
  const { table, batch, gates, forward, masks } = window;
  const words = masks.words === undefined ? table : tf.mul<tf.Tensor2D>(table, masks.words);
  const embedded = atEveryStep(embedding(words, batch.tokens), masks.embedded, batch);
  const h = (batch.carried ?? tf.zeros([batch.lanes, table.shape[1]])) as tf.Tensor2D;
  return cell.unroll(gates, forward, masks)(embedded, h);
}

/** Some steps of [steps × lanes, width]. */
function stepsOf(
  states: tf.Tensor2D,
  { lanes }: TokenBatch,
  [first, count]: readonly [number, number],
): tf.Tensor2D {
  return tf.slice2d(states, [first * lanes, 0], [count * lanes, states.shape[1]]);
}

interface WindowMasks extends CellMasks {
  readonly words?: tf.Tensor;
  readonly embedded?: tf.Tensor;
  readonly output?: tf.Tensor;
}

/** The masks of a window: what is not dropped has none. */
function windowMasks(
  { dropout, vocabulary, width }: LanguageModelOptions,
  { lanes, noise }: TokenBatch,
  { batchNorm }: Forward,
): WindowMasks {
  if (noise === undefined || batchNorm === 'running') return {};
  const masks: Partial<Record<keyof LanguageDropout, tf.Tensor>> = {};
  for (const name of ['words', 'embedded', 'input', 'hidden', 'output'] as const) {
    const shape = name === 'words' ? [vocabulary, 1] : [lanes, width];
    const rate = dropout[name];
    if (rate > 0) masks[name] = dropoutMask(shape, rate, noise(`dropout/${name}`));
  }
  return masks;
}

/** Multiplies each step's [lanes, width] of [steps × lanes, width] with the same mask. */
function atEveryStep(
  x: tf.Tensor2D,
  mask: tf.Tensor | undefined,
  { lanes, steps }: TokenBatch,
): tf.Tensor2D {
  if (mask === undefined) return x;
  const width = x.shape[1];
  return tf.mul(x.reshape([steps, lanes, width]), mask).reshape([steps * lanes, width]);
}

/** β · mean (h_t − h_{t−1})² (Merity et al., 2017); nothing where there is one step. */
function slowness(states: tf.Tensor2D, batch: TokenBatch, beta: number): tf.Scalar | undefined {
  const pairs = batch.steps - 1;
  if (beta === 0 || pairs < 1) return undefined;
  const [later, earlier] = [1, 0].map((first) => stepsOf(states, batch, [first, pairs]));
  const squares = tf.square(tf.sub(later as tf.Tensor, earlier as tf.Tensor));
  return tf.mul<tf.Scalar>(tf.mean(squares), beta);
}
