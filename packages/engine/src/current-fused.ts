import type { FusedKernels } from './fused-kernels.ts';
import { hostFused } from './host-fused.ts';
import { tf } from './repaired.ts';

const BY_BACKEND = new Map<string, FusedKernels>([
  ['cpu', hostFused],
  ['wasm', hostFused],
]);

const NONE: FusedKernels = {};

/** The fused kernels of tfjs's current backend; empty where it has none. */
export function fusedKernels(): FusedKernels {
  return BY_BACKEND.get(tf.getBackend()) ?? NONE;
}
