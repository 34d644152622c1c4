import type { tf } from './repaired.ts';

/** Recurrent layers that an engine may compute in one kernel each; part of `FusedKernels`. */
export interface FusedRecurrent {
  /**
   * One step of a long short-term memory:
   * (i, f, g, o) = (σ, σ, tanh, σ)(x·Wx + h·Wh + bias), c' = f·c + i·g, h' = o·tanh(c').
   * Differentiable by all inputs.
   */
  lstmStep?(inputs: LstmInputs): LstmState;

  /**
   * A gated node of a recurrent cell: s + σ(c)·(f(v) − s) with [c, v] = s·W, and x·V added where there
   * is an input x. Masks multiply s and x in these products alone. Differentiable by all but the masks.
   */
  highwayNode?(inputs: HighwayInputs, activation: RecurrentActivation): tf.Tensor2D;

  /**
   * A cell of gated nodes over a window: at each step the first node reads x and the state before, each
   * other one an earlier node, and the mean of some of them is the new state. Gives the states,
   * [steps × lanes, width]. Differentiable by all but the masks.
   */
  highwayWindow?(inputs: HighwayWindowInputs): tf.Tensor2D;
}

/** What a node of a recurrent cell can apply. */
export type RecurrentActivation = 'tanh' | 'relu' | 'sigmoid' | 'identity';

/** Inputs of {@link FusedRecurrent.highwayNode}: s of the node's width, and x of any. */
export interface HighwayInputs {
  readonly state: HighwayInput;
  readonly input?: HighwayInput | undefined;
}

/** Values and their weights, W = [gate | value]. */
export interface HighwayInput {
  /** [n, k] */
  readonly of: tf.Tensor2D;
  /** [n, k]; absent: ones. */
  readonly mask?: tf.Tensor | undefined;
  /** [k, width] */
  readonly gate: tf.Tensor2D;
  /** [k, width] */
  readonly value: tf.Tensor2D;
}

/** Inputs of {@link FusedRecurrent.highwayWindow}. */
export interface HighwayWindowInputs {
  /** [steps × lanes, inputs]: all lanes of the first step, then of the second, … */
  readonly x: tf.Tensor2D;
  /** Of x at every step, [lanes, inputs]; absent: ones. */
  readonly inputMask?: tf.Tensor | undefined;
  /** The state before the first step, [lanes, width]. */
  readonly h: tf.Tensor2D;
  /** Of what every node reads, [lanes, width]; absent: ones. */
  readonly hiddenMask?: tf.Tensor | undefined;
  /** What x is multiplied with. */
  readonly input: HighwayMatrices;
  /** At least one. */
  readonly nodes: readonly HighwayWindowNode[];
  /** Positions of the nodes whose mean is the new state; at least one, in ascending order. */
  readonly averaged: readonly number[];
}

/** A node of {@link HighwayWindowInputs}, with what it multiplies its state with. */
export interface HighwayWindowNode extends HighwayMatrices {
  /** Position of the earlier node that it reads; of no meaning at the first one. */
  readonly from: number;
  readonly activation: RecurrentActivation;
}

/** W = [gate | value], its halves [inputs or width, width]. */
export interface HighwayMatrices {
  readonly gate: tf.Tensor2D;
  readonly value: tf.Tensor2D;
}

/** Inputs of {@link FusedRecurrent.lstmStep}. */
export interface LstmInputs {
  /** [n, inputs] */
  readonly x: tf.Tensor2D;
  /** [n, hidden] */
  readonly h: tf.Tensor2D;
  /** [n, hidden] */
  readonly c: tf.Tensor2D;
  /** [inputs, 4 hidden], the gates' columns in the order i, f, g, o. */
  readonly inputWeights: tf.Tensor2D;
  /** [hidden, 4 hidden] */
  readonly hiddenWeights: tf.Tensor2D;
  /** [4 hidden] */
  readonly bias: tf.Tensor1D;
}

/** What {@link FusedRecurrent.lstmStep} gives, each [n, hidden]. */
export interface LstmState {
  readonly h: tf.Tensor2D;
  readonly c: tf.Tensor2D;
}
