import type { LearningOptions } from './options.ts';

/** Adam's moments of every parameter; a plain value that a checkpoint holds. */
export interface Moments {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly steps: number;
}

/** No gradient so far. */
export function noMoments(size: number): Moments {
  return { first: new Float64Array(size), second: new Float64Array(size), steps: 0 };
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1), in place: m ← β₁ m + (1 − β₁) g;
 * v ← β₂ v + (1 − β₂) g²;  θ ← θ − η m̂ / (√v̂ + ε).
 */
export function adam(
  θ: Float64Array,
  g: Float64Array,
  { first: m, second: v, steps }: Moments,
  { lr, beta1, beta2, epsilon }: Pick<LearningOptions, 'lr' | 'beta1' | 'beta2' | 'epsilon'>,
): Moments {
  const t = steps + 1;
  const [correction1, correction2] = [1 - beta1 ** t, 1 - beta2 ** t];
  for (let i = 0; i < θ.length; i++) {
    const gi = g[i] as number;
    const mi = beta1 * (m[i] as number) + (1 - beta1) * gi;
    const vi = beta2 * (v[i] as number) + (1 - beta2) * gi * gi;
    m[i] = mi;
    v[i] = vi;
    θ[i] = (θ[i] as number) - (lr * mi) / correction1 / (Math.sqrt(vi / correction2) + epsilon);
  }
  return { first: m, second: v, steps: t };
}

/** Scales g down to the given L2 norm where it is longer, in place. @returns its norm before */
export function clipNorm(g: Float64Array, most: number | null): number {
  const norm = Math.sqrt(g.reduce((sum, value) => sum + value * value, 0));
  if (most === null || norm <= most) return norm;
  for (let i = 0; i < g.length; i++) g[i] = ((g[i] as number) * most) / norm;
  return norm;
}
