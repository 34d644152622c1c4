import {
  type FusedKernels,
  hostFused,
  type SgdOptions,
  type SgdParameter,
  tf,
} from '@archer-nas/engine';
import { BINARY } from './addon.ts';
import { averagePool } from './average-pool.ts';
import { reluConvBatchNorm } from './conv-batch-norm.ts';
import { decodedCrossEntropy } from './decoded-cross-entropy.ts';
import { embedding } from './embedding.ts';
import { nativeLayers, nativeRecurrent } from './fused-layers.ts';
import { nativeUpdates } from './fused-updates.ts';
import { maybe, nativeBackend } from './kernel-tensors.ts';

/** The fused kernels of the engine `native`. */
export const nativeFused = {
  ...hostFused,
  ...nativeLayers,
  ...nativeRecurrent,
  ...nativeUpdates,
  reluConvBatchNorm,
  averagePool,
  embedding,
  decodedCrossEntropy,
  sgdStep,
  addInPlace,
} satisfies FusedKernels;

/** In place, where nothing but the variable refers to the values; else anew. */
function sgdStep(parameters: Iterable<SgdParameter>, options: SgdOptions): void {
  const backend = nativeBackend();
  const { learningRate, momentum, weightDecay, nesterov, scale = 1 } = options;
  for (const parameter of parameters) {
    const { value, velocity, gradient } = parameter;
    // Whatever was computed on another backend is moved here by the first kernel that reads it.
    const here = gradient === undefined || backend.data.has(gradient.dataId);
    if (!here || !backend.exclusive(value) || !backend.exclusive(velocity)) {
      hostFused.sgdStep([parameter], options);
      continue;
    }
    if (gradient && !tf.util.arraysEqual(gradient.shape, value.shape)) {
      throw new Error(`A gradient of shape [${gradient.shape}] is not for [${value.shape}].`);
    }
    const w = backend.values(value);
    const v = backend.values(velocity);
    const g = maybe(backend, gradient);
    const size = w.length;
    backend.kernels.sgd(size, learningRate, momentum, weightDecay, scale, nesterov, w, v, g, w, v);
  }
}

function addInPlace(sum: tf.Tensor, term: tf.Tensor): boolean {
  const backend = nativeBackend();
  if (!backend.exclusive(sum)) return false;
  const values = backend.values(sum);
  const shape = Int32Array.of(1, values.length, 1, 1);
  backend.kernels.binary(BINARY.add, shape, values, backend.values(term), values);
  return true;
}
