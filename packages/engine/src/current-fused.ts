import type { FusedKernels } from './fused-kernels.ts';
import { hostFused } from './host-fused.ts';
import { tf } from './repaired.ts';

/** tfjs's own backends have theirs before any engine is started. */
const BY_BACKEND = new Map<string, FusedKernels>([
  ['cpu', hostFused],
  ['wasm', hostFused],
]);

const NONE: FusedKernels = {};

/** The fused kernels of tfjs's current backend; empty where it has none. */
export function fusedKernels(): FusedKernels {
  return BY_BACKEND.get(tf.getBackend()) ?? NONE;
}

/** Makes `fused` what {@link fusedKernels} gives while tfjs's current backend is current. */
export function provideFusedKernels(fused: FusedKernels): void {
  BY_BACKEND.set(tf.getBackend(), fused);
}
