import { tf } from '@archer-nas/engine';
import type { CellMasks } from './language-model.ts';

/** What a node of a recurrent cell can apply. */
export const RECURRENT_ACTIVATIONS = {
  tanh: (h: tf.Tensor) => tf.tanh(h),
  relu: (h: tf.Tensor) => tf.relu(h),
  sigmoid: (h: tf.Tensor) => tf.sigmoid(h),
  identity: (h: tf.Tensor) => h,
} as const satisfies Readonly<Record<string, (h: tf.Tensor) => tf.Tensor>>;

export type RecurrentActivation = keyof typeof RECURRENT_ACTIVATIONS;

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
  const [cx, hx] = products(dropped(x, masks.input), weights.input);
  const [ch, hh] = products(dropped(h, masks.hidden), weights.hidden);
  const c = tf.sigmoid(tf.add(cx, ch));
  const f = RECURRENT_ACTIVATIONS[activation];
  return tf.add(h, tf.mul(c, tf.sub(f(tf.add(hx, hh)), h)));
}

/** A gated node: s + σ(c) (f(h) − s) with [c, h] = s W. */
export function highwayNode(
  s: tf.Tensor2D,
  weights: HighwayWeights,
  activation: RecurrentActivation,
  { hidden }: CellMasks = {},
): tf.Tensor2D {
  const [c, h] = products(dropped(s, hidden), weights);
  return tf.add(s, tf.mul(tf.sigmoid(c), tf.sub(RECURRENT_ACTIVATIONS[activation](h), s)));
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

function dropped(s: tf.Tensor2D, mask: tf.Tensor | undefined): tf.Tensor2D {
  return mask === undefined ? s : tf.mul(s, mask);
}
