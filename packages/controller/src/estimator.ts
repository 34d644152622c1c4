import { entropyGradient, logProbabilityGradient } from './distribution.ts';
import type { LearningOptions } from './options.ts';
import type { Token } from './policy.ts';
import { skipPenalty } from './skip-penalty.ts';

/** What is known of the walk whose gradient is wanted. */
export interface Judged {
  readonly advantage: number;
  /** ln π(a_t) of each token when it was drawn. */
  readonly drawn: ArrayLike<number>;
}

/** ln π(a_t) of the option that was taken. */
export function logProbability({ p, chosen }: Token): number {
  return Math.log(p[chosen] as number);
}

/** PPO's surrogate (Schulman et al. 2017, eq. 7): min(r A, clip(r, 1 − ε, 1 + ε) A). */
export function clippedSurrogate(ratio: number, advantage: number, ε: number): number {
  const clipped = Math.min(Math.max(ratio, 1 - ε), 1 + ε);
  return Math.min(ratio * advantage, clipped * advantage);
}

/**
 * The gradient of the loss of one walk with respect to its tokens' logits:
 * REINFORCE −A Σ ln π(a_t), or PPO's −Σ surrogate(r_t, A) with r_t = π(a_t)/π_drawn(a_t);
 * less w_H Σ H_t where the entropy is differentiated; plus the weighted penalty on skips.
 */
export function logitGradients(
  tokens: readonly Token[],
  { advantage, drawn }: Judged,
  { estimator, clipRatio, entropy, skips }: LearningOptions,
): Float64Array[] {
  const penalty = skipPenalty(tokens, skips);
  return tokens.map((token, t) => {
    const ratio = Math.exp(logProbability(token) - (drawn[t] as number));
    const factor = estimator === 'ppo' ? surrogateSlope(ratio, advantage, clipRatio) : advantage;
    const score = logProbabilityGradient(token.p, token.chosen);
    const spread = entropy.form === 'gradient' ? entropyGradient(token.p) : undefined;
    return score.map((s, option) => {
      const bonus = entropy.weight * (spread?.[option] ?? 0);
      return skips.weight * (penalty.gradients[t]?.[option] ?? 0) - factor * s - bonus;
    });
  });
}

/** ∂ surrogate / ∂ ln π: r A, or 0 where the clipped value is the smaller one. */
function surrogateSlope(ratio: number, advantage: number, ε: number): number {
  const isClipped = advantage > 0 ? ratio > 1 + ε : ratio < 1 - ε;
  return isClipped ? 0 : ratio * advantage;
}
