import type { Choice } from '@archer-nas/core';

/** One decision that was taken, and how. */
export interface Token {
  /** Position among the space's decisions. */
  readonly decision: number;
  /** Which connection bits were decided from one state of the policy; absent: no such bit. */
  readonly group?: number;
  /** ℓ, of which the softmax is `p`. */
  readonly logits: Float64Array;
  readonly p: Float64Array;
  /** Which option was taken. */
  readonly chosen: number;
}

/** A whole architecture as the policy came to it. */
export interface Walk {
  /** One per decision of the space; 0 where a decision does not exist. */
  readonly choices: readonly Choice[];
  readonly tokens: readonly Token[];
  /**
   * Adds to the policy's `gradient` what the loss's gradients with respect to the tokens' logits
   * give. Once per walk, before the parameters change.
   */
  backward(logitGradients: readonly Float64Array[]): void;
}

/** Which option is taken of a decision, given their probabilities. */
export type Choose = (p: Float64Array, decision: number) => number;

/** π(a; θ) over a space's decisions, one after the other. */
export interface Policy {
  /** θ; whoever trains the policy changes it in place. */
  readonly parameters: Float64Array;
  /** ∂L/∂θ, added to by walks. */
  readonly gradient: Float64Array;
  walk(choose: Choose): Walk;
}
