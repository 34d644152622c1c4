import { tf } from '@archer-nas/engine';
import { fusedKernel } from './fused.ts';
import type { ParameterSpec, Site } from './network.ts';

/** Gradients by parameter name. */
export type Gradients = ReadonlyMap<string, tf.Tensor>;

/** L2 norm of each gradient, read from the device at once. */
export function gradientNorms(gradients: Gradients): Map<string, number> {
  if (gradients.size === 0) return new Map();
  const kernel = fusedKernel('norms') ?? composedNorms;
  const norms = tf.tidy(() => kernel([...gradients.values()]).dataSync());
  return new Map([...gradients.keys()].map((name, at) => [name, norms[at] ?? 0]));
}

/** The engine's fused norms, composed of tfjs operations. */
export function composedNorms(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.sqrt(tf.stack(tensors.map((tensor) => tf.sum(tf.square(tensor))))) as tf.Tensor1D;
}

/** The L2 norm of all gradients together. */
export function globalNorm(norms: ReadonlyMap<string, number>): number {
  return Math.sqrt([...norms.values()].reduce((sum, norm) => sum + norm * norm, 0));
}

/**
 * The factor that brings gradients of this global norm down to `max`, as PyTorch computes
 * it: max / (norm + 1e-6) where that is below 1, else 1.
 */
export function clipCoefficient(norm: number, max: number): number {
  return Math.min(1, max / (norm + 1e-6));
}

/** What {@link clipByGlobalNorm} has done. */
export interface Clipping {
  /** Clipped gradients; disposing them is the caller's duty, as with the given ones. */
  readonly gradients: Map<string, tf.Tensor>;
  /** Global norm before clipping. */
  readonly norm: number;
  readonly coefficient: number;
  /** Norm of each gradient before clipping. */
  readonly norms: ReadonlyMap<string, number>;
}

/**
 * Scales all gradients so that their global norm is at most `max`. A training loop saves
 * the multiplications with `clipCoefficient` and the optimiser's `scale`.
 */
export function clipByGlobalNorm(gradients: Gradients, max: number): Clipping {
  const norms = gradientNorms(gradients);
  const norm = globalNorm(norms);
  const coefficient = clipCoefficient(norm, max);
  const clipped = [...gradients].map(([name, g]): [string, tf.Tensor] => [
    name,
    tf.mul(g, coefficient),
  ]);
  return { gradients: new Map(clipped), norm, coefficient, norms };
}

/**
 * Per site, Σ over the parameters of its options of the norms of their gradients: the value
 * of the signal `gradient-norm`. For norms after clipping give the clip coefficient as
 * `scale`. Sites whose options have no gradient get 0.
 */
export function gradientNormsBySite(
  sites: readonly Site[],
  specs: readonly ParameterSpec[],
  norms: ReadonlyMap<string, number>,
  scale = 1,
): Float32Array {
  const bySite = new Float32Array(sites.length);
  for (const { name, owner } of specs) {
    if (owner === undefined) continue;
    bySite[owner.site] = (bySite[owner.site] ?? 0) + scale * (norms.get(name) ?? 0);
  }
  return bySite;
}
