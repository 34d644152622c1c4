import type { LearningOptions } from './options.ts';
import type { Token } from './policy.ts';

/** KL(p ‖ t) = p ln(p/t) + (1 − p) ln((1 − p)/(1 − t)) of two yes-or-no distributions, in nats. */
export function bernoulliKl(p: number, t: number): number {
  const term = (a: number, b: number): number => (a > 0 ? a * Math.log(a / b) : 0);
  return term(p, t) + term(1 - p, 1 - t);
}

/** A penalty and its gradient with respect to every token's logits. */
export interface SkipPenalty {
  readonly value: number;
  /** By token; absent: no connection bit. */
  readonly gradients: readonly (Float64Array | undefined)[];
}

/**
 * Divergence of the probabilities of connections from the target, as the options say over bits or
 * nodes. With `logit` a bit's probability is σ(ℓ) of its own logits, as in the released code, where
 * the policy samples softmax(ℓ), that is σ(2ℓ) for ℓ = (−q, q).
 */
export function skipPenalty(
  tokens: readonly Token[],
  { target, probability, mean }: LearningOptions['skips'],
): SkipPenalty {
  const bits = tokens.filter(({ group }) => group !== undefined);
  const nodes = new Set(bits.map(({ group }) => group)).size;
  const count = Math.max(1, mean === 'nodes' ? nodes : bits.length);
  const divergence = probability === 'sampled' ? ofSampled : ofLogits;
  let value = 0;
  const gradients = tokens.map((token) => {
    if (token.group === undefined) return undefined;
    const { kl, gradient } = divergence(token, target);
    value += kl / count;
    return gradient.map((g) => g / count);
  });
  return { value, gradients };
}

function ofSampled({ p: [, yes = 0] }: Token, t: number) {
  const slope = (Math.log(yes / t) - Math.log((1 - yes) / (1 - t))) * yes * (1 - yes);
  return { kl: bernoulliKl(yes, t), gradient: Float64Array.of(-slope, slope) };
}

function ofLogits({ logits }: Token, target: number) {
  let kl = 0;
  const gradient = logits.map((logit, option) => {
    const s = 1 / (1 + Math.exp(-logit));
    const t = option === 1 ? target : 1 - target;
    kl += s * Math.log(s / t);
    return s * (1 - s) * (Math.log(s / t) + 1);
  });
  return { kl, gradient };
}
