import {
  type HighwayInput,
  type HighwayWindowInputs,
  hostFused,
  type RecurrentActivation,
  tf,
} from '@archer-nas/engine';
import { fusedKernel } from './fused.ts';
import type { CellMasks, CellWindow } from './language-model.ts';

export { RECURRENT_ACTIVATIONS, type RecurrentActivation } from '@archer-nas/engine';

/**
 * W = [Wᶜ | Wʰ] of a gated node, its halves apart: [c, h] = s W. Parts of a tensor are slow to take
 * where they do not lie together.
 */
export interface HighwayWeights {
  /** Wᶜ, [inputs, width]. */
  readonly gate: tf.Tensor;
  /** Wʰ, [inputs, width]. */
  readonly value: tf.Tensor;
}

/**
 * The first state of a gated cell: s₀ = h + σ(c₀) (f(h₀) − h) with [c₀, h₀] = [x, h] W₀. Dropout
 * acts on x and h in the product alone.
 *
 * @param weights W₀, the rows of x and those of h apart
 * @param options f, tanh unless stated, and the masks
 */
export function highwayInput(
  x: tf.Tensor2D,
  h: tf.Tensor2D,
  weights: { readonly input: HighwayWeights; readonly hidden: HighwayWeights },
  { activation = 'tanh', ...masks }: CellMasks & { readonly activation?: RecurrentActivation },
): tf.Tensor2D {
  const state = inputOf(h, weights.hidden, masks.hidden);
  return node({ state, input: inputOf(x, weights.input, masks.input) }, activation);
}

/** A gated node: s + σ(c) (f(h) − s) with [c, h] = s W. */
export function highwayNode(
  s: tf.Tensor2D,
  weights: HighwayWeights,
  activation: RecurrentActivation,
  { hidden }: CellMasks = {},
): tf.Tensor2D {
  return node({ state: inputOf(s, weights, hidden) }, activation);
}

/** A cell of gated nodes, each of which reads one earlier node. */
export interface HighwayCell {
  /** What x is multiplied with. */
  readonly input: HighwayWeights;
  /** The first one reads x and the state before, whatever its `from` is. */
  readonly nodes: readonly HighwayCellNode[];
  /** Positions of the nodes whose mean is the new state, in ascending order. */
  readonly averaged: readonly number[];
}

/** A node of {@link HighwayCell}, with what it multiplies its state with. */
export interface HighwayCellNode extends HighwayWeights {
  /** Position of the earlier node that it reads. */
  readonly from: number;
  readonly activation: RecurrentActivation;
}

/**
 * All steps of {@link highwayInput}, {@link highwayNode} and {@link meanState} of a cell: in one kernel
 * where the engine has it, else composed.
 */
export function highwayWindow(cell: HighwayCell, masks: CellMasks): CellWindow {
  const window = fusedKernel('highwayWindow') ?? hostFused.highwayWindow;
  const fixed = { ...cell, inputMask: masks.input, hiddenMask: masks.hidden };
  return (x, h) => window({ x, h, ...fixed } as HighwayWindowInputs);
}

/** In one kernel where the engine has it, else composed. */
const node: typeof hostFused.highwayNode = (inputs, activation) =>
  (fusedKernel('highwayNode') ?? hostFused.highwayNode)(inputs, activation);

function inputOf(
  of: tf.Tensor2D,
  { gate, value }: HighwayWeights,
  mask: tf.Tensor | undefined,
): HighwayInput {
  return { of, mask, gate: gate as tf.Tensor2D, value: value as tf.Tensor2D };
}

/** c and h of [c, h] = s W. */
export function products(
  s: tf.Tensor2D,
  { gate, value }: HighwayWeights,
): [tf.Tensor2D, tf.Tensor2D] {
  return [tf.matMul(s, gate as tf.Tensor2D), tf.matMul(s, value as tf.Tensor2D)];
}

/** The mean of states. */
export function meanState(states: readonly tf.Tensor2D[]): tf.Tensor2D {
  return tf.div(tf.addN([...states]), states.length);
}
