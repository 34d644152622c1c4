import { type FusedKernels, fusedKernels } from '@archer-nas/engine';

// The only place that asks for fused kernels. Each is compared with its composition in
// fused.test.ts.

let composed = false;

/** ReLU-convolution-batch-norm in one kernel, where the engine has it. */
export function fusedReluConvBatchNorm(): FusedKernels['reluConvBatchNorm'] {
  return composed ? undefined : fusedKernels().reluConvBatchNorm;
}

/** Batch norm with the batch's statistics in one kernel, where the engine has it. */
export function fusedBatchNorm(): FusedKernels['batchNorm'] {
  return composed ? undefined : fusedKernels().batchNorm;
}

/** Average pooling, divided by the pixels inside of the image, in one kernel, where there is one. */
export function fusedAveragePool(): FusedKernels['averagePool'] {
  return composed ? undefined : fusedKernels().averagePool;
}

/** Softmax cross entropy of each sample in one kernel, where the engine has it. */
export function fusedSoftmaxCrossEntropy(): FusedKernels['softmaxCrossEntropy'] {
  return composed ? undefined : fusedKernels().softmaxCrossEntropy;
}

/** SGD's update in one kernel, where the engine has it. */
export function fusedSgdStep(): FusedKernels['sgdStep'] {
  return composed ? undefined : fusedKernels().sgdStep;
}

/** A layer or update in one kernel, where the engine has it. */
export function fusedKernel<Name extends keyof FusedKernels>(name: Name): FusedKernels[Name] {
  return composed ? undefined : fusedKernels()[name];
}

/** Runs `use` with composed tfjs operations only, to compare. */
export function withoutFusion<T>(use: () => T): T {
  composed = true;
  try {
    return use();
  } finally {
    composed = false;
  }
}
