import {
  type HighwayInput,
  type HighwayMatrices,
  type HighwayWindowInputs,
  hostFused,
  type RecurrentActivation,
  tf,
} from '@archer-nas/engine';
import { fusedKernel } from './fused.ts';
import type { CellMasks, CellWindow } from './language-model.ts';
import type { Forward } from './network.ts';

export { RECURRENT_ACTIVATIONS, type RecurrentActivation } from '@archer-nas/engine';

/**
 * W = [Wᶜ | Wʰ] of a gated node, its halves apart: [c, h] = s W. Parts of a tensor are slow to take
 * where they do not lie together.
 */
export type HighwayWeights = HighwayMatrices;

/** Reads W, whose halves are the parameters `<name>.gate` and `<name>.value`, [width, width]. */
export function highwayWeights(
  { parameters }: Pick<Forward, 'parameters'>,
  name: string,
  width: number,
): HighwayWeights {
  const read = (half: string) => parameters.get(`${name}.${half}`, [width, width]) as tf.Tensor2D;
  return { gate: read('gate'), value: read('value') };
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

/** A cell of gated nodes, each of which reads one earlier node; the first reads x and the state before. */
export type HighwayCell = Pick<HighwayWindowInputs, 'input' | 'nodes' | 'averaged'>;

/**
 * All steps of {@link highwayInput}, {@link highwayNode} and {@link meanState} of a cell: in one kernel
 * where the engine has it, else composed.
 */
export function highwayWindow(cell: HighwayCell, masks: CellMasks): CellWindow {
  const window = fusedKernel('highwayWindow') ?? hostFused.highwayWindow;
  const fixed = { ...cell, inputMask: masks.input, hiddenMask: masks.hidden };
  return (x, h) => window({ x, h, ...fixed });
}

/** In one kernel where the engine has it, else composed. */
const node: typeof hostFused.highwayNode = (inputs, activation) =>
  (fusedKernel('highwayNode') ?? hostFused.highwayNode)(inputs, activation);

function inputOf(
  of: tf.Tensor2D,
  { gate, value }: HighwayWeights,
  mask: tf.Tensor | undefined,
): HighwayInput {
  return { of, mask, gate, value };
}

/** c and h of [c, h] = s W. */
export function products(
  s: tf.Tensor2D,
  { gate, value }: HighwayWeights,
): [tf.Tensor2D, tf.Tensor2D] {
  return [tf.matMul(s, gate), tf.matMul(s, value)];
}

/** The mean of states. */
export function meanState(states: readonly tf.Tensor2D[]): tf.Tensor2D {
  return tf.div(tf.addN([...states]), states.length);
}
